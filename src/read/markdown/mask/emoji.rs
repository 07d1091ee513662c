//! Signs that GitHub, GitLab and Slack let one write by name. Only common ones: there are some 1,900, and books use few.

/// By name, in the order of the alphabet.
const SIGNS: &[(&str, &str)] = &[
    ("+1", "👍"), ("-1", "👎"), ("100", "💯"), ("anchor", "⚓"), ("arrow_down", "⬇"), ("arrow_left", "⬅"),
    ("arrow_right", "➡"), ("arrow_up", "⬆"), ("bell", "🔔"), ("blush", "😊"), ("book", "📖"), ("books", "📚"), ("boom", "💥"),
    ("bug", "🐛"), ("bulb", "💡"), ("cat", "🐱"), ("church", "⛪"), ("clap", "👏"), ("construction", "🚧"),
    ("copyright", "©"), ("cry", "😢"), ("crown", "👑"), ("dog", "🐶"), ("earth_africa", "🌍"), ("exclamation", "❗"),
    ("eyes", "👀"), ("fire", "🔥"), ("fish", "🐟"), ("grin", "😁"), ("heart", "❤"), ("heavy_check_mark", "✔"),
    ("heavy_multiplication_x", "✖"), ("hourglass", "⌛"), ("house", "🏠"), ("information_source", "ℹ"), ("joy", "😂"),
    ("key", "🔑"), ("laughing", "😆"), ("lock", "🔒"), ("mag", "🔍"), ("memo", "📝"), ("moon", "🌔"), ("musical_note", "🎵"),
    ("no_entry", "⛔"), ("ok", "🆗"), ("ok_hand", "👌"), ("paperclip", "📎"), ("pencil", "📝"), ("pencil2", "✏"),
    ("pray", "🙏"), ("question", "❓"), ("recycle", "♻"), ("registered", "®"), ("rocket", "🚀"), ("rose", "🌹"),
    ("scissors", "✂"), ("scroll", "📜"), ("ship", "🚢"), ("skull", "💀"), ("smile", "😄"), ("smiley", "😃"), ("snowflake", "❄"),
    ("sob", "😭"), ("sparkles", "✨"), ("star", "⭐"), ("sun", "☀"), ("sunny", "☀"), ("tada", "🎉"), ("thinking", "🤔"),
    ("thumbsdown", "👎"), ("thumbsup", "👍"), ("tm", "™"), ("tree", "🌳"), ("umbrella", "☔"), ("warning", "⚠"), ("wave", "👋"),
    ("white_check_mark", "✅"), ("wink", "😉"), ("wrench", "🔧"), ("x", "❌"), ("zap", "⚡"),
];

/// The sign of a name.
pub fn sign(name: &str) -> Option<&'static str> {
    SIGNS.iter().find(|(known, _)| *known == name).map(|(_, sign)| *sign)
}
