//! Questions that are asked of every byte of a book, in strides that a processor answers at once.

/// How many bytes are asked together.
const STRIDE: usize = 64;

/// Whether all bytes are of a kind. `fits` is to be without branches (`&`, `|`), so that a stride of them becomes vectors.
pub fn all(bytes: &[u8], fits: impl Fn(u8) -> bool) -> bool {
    let (strides, rest) = bytes.as_chunks::<STRIDE>();
    let astray = |stride: &[u8]| stride.iter().fold(0, |astray, byte| astray | u8::from(!fits(*byte))) != 0;
    !strides.iter().any(|stride| astray(stride)) && !astray(rest)
}

/// How many bytes are of a kind.
pub fn count(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    let (strides, rest) = bytes.as_chunks::<STRIDE>();
    // No stride has more than a byte can count.
    let count = |stride: &[u8]| usize::from(stride.iter().fold(0u8, |count, byte| count + u8::from(is(*byte))));
    strides.iter().map(|stride| count(stride)).sum::<usize>() + count(rest)
}

/// Whether one byte is of a kind. `is` is to be without branches, too.
pub fn any(bytes: &[u8], is: impl Fn(u8) -> bool) -> bool {
    !all(bytes, |byte| !is(byte))
}

/// Where the first byte of a kind stands. `may` says at once of a stride whether one could be in it, and `is` of a byte.
pub fn first(bytes: &[u8], may: impl Fn(u8) -> bool, is: impl Fn(u8) -> bool) -> Option<usize> {
    const STRIDE: usize = 16;
    let (strides, rest) = bytes.as_chunks::<STRIDE>();
    let astir = |stride: &[u8; STRIDE]| stride.iter().fold(0, |any, byte| any | u8::from(may(*byte))) != 0;
    for (number, stride) in strides.iter().enumerate() {
        if astir(stride)
            && let Some(at) = stride.iter().position(|byte| is(*byte))
        {
            return Some(number * STRIDE + at);
        }
    }
    rest.iter().position(|byte| is(*byte)).map(|at| strides.len() * STRIDE + at)
}

/// The lines of a text with their ends, as `split_inclusive('\n')` gives them.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    let last = (!text.is_empty() && !text.ends_with('\n')).then_some(text.len());
    ends.chain(last).map(move |end| &text[std::mem::replace(&mut start, end)..end])
}

/// Where bytes of a kind stand that is rare.
pub fn places(bytes: &[u8], is: impl Fn(u8) -> bool + Copy) -> impl Iterator<Item = usize> {
    let strides = bytes.chunks(STRIDE).enumerate().filter(move |(_, stride)| any(stride, is));
    let own = move |(at, byte): (usize, &u8)| is(*byte).then_some(at);
    strides.flat_map(move |(number, stride)| stride.iter().enumerate().filter_map(own).map(move |at| number * STRIDE + at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_their_ends() {
        for text in ["", "a", "a\n", "\n", "\n\n", "a\nö\n\nb", "a\r\nb\n"] {
            assert!(lines(text).eq(text.split_inclusive('\n')), "{text:?}");
        }
    }

    #[test]
    fn every_byte_is_asked() {
        let is = |byte: u8| byte == b'a';
        for length in [0, 1, STRIDE - 1, STRIDE, STRIDE + 1, STRIDE * 5 + 7] {
            let mut bytes = vec![b'a'; length];
            assert_eq!((all(&bytes, is), count(&bytes, is)), (true, length));
            for at in [0, length / 2, length.saturating_sub(1)].into_iter().filter(|at| *at < length) {
                bytes[at] = b'b';
                assert_eq!((all(&bytes, is), count(&bytes, is)), (false, length - 1), "{at} of {length}");
                assert!(any(&bytes, |byte| byte == b'b'));
                assert_eq!(first(&bytes, |byte| byte != b'a', |byte| byte == b'b'), Some(at), "{at} of {length}");
                assert!(places(&bytes, |byte| byte == b'b').eq([at]), "{at} of {length}");
                bytes[at] = b'a';
            }
        }
    }
}
