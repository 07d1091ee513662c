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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_asked() {
        let is = |byte: u8| byte == b'a';
        for length in [0, 1, STRIDE - 1, STRIDE, STRIDE + 1, STRIDE * 5 + 7] {
            let mut bytes = vec![b'a'; length];
            assert_eq!((all(&bytes, is), count(&bytes, is)), (true, length));
            for at in [0, length / 2, length.saturating_sub(1)].into_iter().filter(|at| *at < length) {
                bytes[at] = b'b';
                assert_eq!((all(&bytes, is), count(&bytes, is)), (false, length - 1), "{at} of {length}");
                bytes[at] = b'a';
            }
        }
    }
}
