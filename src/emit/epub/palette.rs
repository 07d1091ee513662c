//! A picture of two colours and the shades between them, as a PNG of four bits a pixel (PNG, third edition, 11.2): packing one of
//! three bytes a pixel would take six times as long, and the eye tells no more than sixteen steps at the edge of a letter.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::raster::Canvas;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

const SHADES: u8 = 16;

/// `canvas` in `ink` on `paper`. None where the packer refuses, which it has no reason for.
pub(super) fn png(canvas: &Canvas, paper: Colour, ink: Colour) -> Option<Vec<u8>> {
    let side = |length: usize| u32::try_from(length).ok().map(u32::to_be_bytes);
    let mut header = [side(canvas.width)?, side(canvas.height)?].concat();
    // Four bits, a palette, and the one way of packing, filtering and ordering that there is.
    header.extend([4, 3, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1A\n".to_vec();
    chunk(&mut out, b"IHDR", &header);
    chunk(&mut out, b"PLTE", &(0..SHADES).flat_map(|step| shade(step, paper, ink)).collect::<Vec<_>>());
    chunk(&mut out, b"IDAT", &packed(canvas)?);
    chunk(&mut out, b"IEND", &[]);
    Some(out)
}

fn shade(step: u8, paper: Colour, ink: Colour) -> Colour {
    let mixed = |at: usize| {
        let (from, to, step, last) = (u16::from(paper[at]), u16::from(ink[at]), u16::from(step), u16::from(SHADES - 1));
        ((from * (last - step) + to * step + last / 2) / last) as u8
    };
    [mixed(0), mixed(1), mixed(2)]
}

/// The rows, each as what tells it from the one above: most are the same, which is asked before anything is reckoned.
fn packed(canvas: &Canvas) -> Option<Vec<u8>> {
    const UP: u8 = 2;
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    let width = canvas.width.max(1);
    // A row of steps, two to a byte, and the bytes of the one above it.
    let mut steps = vec![0; width.next_multiple_of(2)];
    let mut above = vec![0; steps.len() / 2];
    let mut line = vec![UP; above.len() + 1];
    let same = [vec![UP], vec![0; above.len()]].concat();
    // Above the first row is one without ink.
    let blank = vec![0; width];
    let mut last: &[u8] = &blank;
    for row in &canvas.rows {
        if std::ptr::eq(&raw const **row, last) || **row == *last {
            packer.write_all(&same).ok()?;
            continue;
        }
        last = row;
        for (step, ink) in steps.iter_mut().zip(row.iter()) {
            *step = ((u16::from(*ink) * u16::from(SHADES - 1) + 127) / 255) as u8;
        }
        for ((pair, above), less) in steps.chunks_exact(2).zip(&mut above).zip(&mut line[1..]) {
            let byte = pair[0] << 4 | pair[1];
            *less = byte.wrapping_sub(*above);
            *above = byte;
        }
        packer.write_all(&line).ok()?;
    }
    packer.finish().ok()
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    out.extend((data.len() as u32).to_be_bytes());
    out.extend(kind);
    out.extend(data);
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(data);
    out.extend(sum.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_reader_of_pictures_reads_it() {
        let mut canvas = Canvas::new(5, 3);
        canvas.fill(1, 1, 2, 1);
        let png = png(&canvas, [250, 240, 230], [10, 20, 30]).expect("a picture");
        let read = image::load_from_memory(&png).expect("a PNG").to_rgb8();
        let at = |x: u32, y: u32| read.get_pixel(x, y).0;
        assert_eq!(read.dimensions(), (5, 3));
        assert_eq!(
            [at(0, 1), at(1, 1), at(2, 1), at(3, 1), at(1, 2)],
            [[250, 240, 230], [10, 20, 30], [10, 20, 30], [250, 240, 230], [250, 240, 230]]
        );
    }
}
