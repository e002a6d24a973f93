//! The zlib of `signing.dumps(…, compress=True)`, with a limit on what may come out.

use std::io::{Read as _, Write as _};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

/// The maximum size of a decompressed object, in bytes. A valid signature does not rule out a bomb, since old keys leak.
const MAX_OBJECT_SIZE: u64 = 1024 * 1024;

/// The compressed bytes, if compression saves more than the marker's one byte.
pub(super) fn deflate(json: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    // Writing to a Vec cannot fail.
    encoder.write_all(json).ok()?;
    let compressed = encoder.finish().ok()?;
    (compressed.len() + 1 < json.len()).then_some(compressed)
}

/// `None` if the bytes are not zlib, or decompress to more than [`MAX_OBJECT_SIZE`].
pub(super) fn inflate(compressed: &[u8]) -> Option<Vec<u8>> {
    let mut json = Vec::new();
    ZlibDecoder::new(compressed).take(MAX_OBJECT_SIZE + 1).read_to_end(&mut json).ok()?;
    (json.len() as u64 <= MAX_OBJECT_SIZE).then_some(json)
}

#[cfg(test)]
mod tests {
    use super::{MAX_OBJECT_SIZE, deflate, inflate};

    #[test]
    fn a_bomb_is_not_let_off() {
        let zeros = vec![0; usize::try_from(MAX_OBJECT_SIZE).unwrap()];
        assert_eq!(inflate(&deflate(&zeros).unwrap()), Some(zeros.clone()));
        let bomb = [zeros, vec![0]].concat();
        assert_eq!(inflate(&deflate(&bomb).unwrap()), None);
    }

    #[test]
    fn what_does_not_shrink_is_left_as_it_is() {
        assert_eq!(deflate(b"{\"a\":1}"), None);
        assert_eq!(inflate(b"no zlib"), None);
    }
}
