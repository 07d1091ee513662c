//! A finding without what it does not need: whoever looks for its cause reads three lines, not a hundred.

/// How often a finding is tried in pieces. Of a long one some lines stay that it has no need of.
const TRIES: usize = 1_500;

/// The least that was found of `bytes` for which `is_wrong` still holds: pieces are taken out, each half as long as those before.
pub fn shrunk(bytes: &[u8], is_wrong: &dyn Fn(&[u8]) -> bool) -> Vec<u8> {
    let (mut whole, mut tries) = (bytes.to_vec(), 0);
    let mut size = whole.len().div_ceil(2);
    while size > 0 {
        let (mut at, before) = (0, whole.len());
        while at < whole.len() && tries < TRIES {
            tries += 1;
            let less = [&whole[..at], &whole[(at + size).min(whole.len())..]].concat();
            match is_wrong(&less) {
                true => whole = less,
                false => at += size,
            }
        }
        // What could not go before may go without what went behind it.
        let again = size == 1 && whole.len() < before && tries < TRIES;
        size = if again { 1 } else { size / 2 };
    }
    whole
}
