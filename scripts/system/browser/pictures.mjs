import sharp from 'sharp';

const [width, height] = [37, 29];

/** Samples that no filter predicts, deterministic. */
function noise(count, seed = 1) {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

const raw = channels => sharp(noise(width * height * channels), { raw: { width, height, channels } });
const raw16 = channels =>
  sharp(new Uint16Array(noise(width * height * channels * 2).buffer), {
    raw: { width, height, channels, depth: 'ushort' },
  });

/** Files with the same pixels in Node and in browsers. */
export async function pictures() {
  const files = {
    'colour.png': raw(3).png(),
    'transparent.png': raw(4).png(),
    'interlaced.png': raw(4).png({ progressive: true }),
    'palette.png': raw(3).png({ palette: true, colours: 64 }),
    'palette-transparent.png': raw(4).png({ palette: true }),
    'palette-2-bits.png': raw(3).png({ palette: true, colours: 4 }),
    'palette-interlaced.png': raw(3).png({ palette: true, colours: 16, progressive: true }),
    'grey.png': raw(1).toColourspace('b-w').png(),
    'grey-transparent.png': raw(2).toColourspace('b-w').png(),
    'colour-16-bits.png': raw16(3).toColourspace('rgb16').png(),
    'transparent-16-bits.png': raw16(4).toColourspace('rgb16').png(),
    'grey-16-bits.png': raw16(1).toColourspace('grey16').png(),
    'profile.png': raw(3).withIccProfile('p3').png(),
    'colours.gif': raw(3).gif(),
    'deflated.tiff': raw(3).tiff({ compression: 'deflate' }),
    'lzw.tiff': raw(3).tiff({ compression: 'lzw' }),
  };
  const all = [];
  for (const [name, image] of Object.entries(files)) all.push({ name, bytes: await image.toBuffer() });
  const rgb = noise(width * height * 3);
  all.push({ name: 'plain.ppm', bytes: Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), rgb]) });
  for (const bits of [1, 2, 4]) all.push({ name: `grey-${bits}-bits.png`, bytes: await greyPng(bits) });
  return all;
}

/** A grey PNG with few bits, written by hand because sharp does not support it. */
async function greyPng(bits) {
  const { crc32, deflateSync } = await import('node:zlib');
  const stride = Math.ceil((width * bits) / 8);
  const rows = Buffer.concat(
    Array.from({ length: height }, (_, y) => Buffer.concat([Buffer.from([0]), noise(stride, y + 1)])),
  );
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = [Buffer.alloc(4), Buffer.alloc(4)];
    ends[0].writeUInt32BE(data.length);
    ends[1].writeUInt32BE(crc32(body));
    return Buffer.concat([ends[0], body, ends[1]]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(bits, 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const end = Buffer.alloc(0);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', end)]);
}

/** Files that the browser itself decodes; samples may differ by `most`. */
export async function jpegs() {
  const { width, height, data } = scene();
  const image = () => sharp(data, { raw: { width, height, channels: 3 } });
  const files = {
    'photo.jpg': [image().jpeg({ quality: 90 }), 2],
    'photo-444.jpg': [image().jpeg({ quality: 90, chromaSubsampling: '4:4:4' }), 2],
    'photo-progressive.jpg': [image().jpeg({ quality: 75, progressive: true }), 2],
    'photo-turned.jpg': [image().withMetadata({ orientation: 6 }).jpeg({ chromaSubsampling: '4:4:4' }), 2],
    'photo-upright.jpg': [image().withMetadata({ orientation: 6 }).jpeg({ chromaSubsampling: '4:4:4' }), 2, true],
    'grey.jpg': [image().toColourspace('b-w').jpeg(), 2],
    'ink.jpg': [image().toColourspace('cmyk').jpeg(), 4],
    'photo.webp': [image().webp({ quality: 90 }), 2],
    'lossless.webp': [image().webp({ lossless: true }), 0],
    'photo.avif': [image().avif({ quality: 80 }), 4],
  };
  const all = [];
  for (const [name, [made, most, orientation = false]] of Object.entries(files))
    all.push({ name, bytes: await made.toBuffer(), most, options: { orientation } });
  return all;
}

/** Edges, colours and gradients, roughly as in a photograph. */
function scene() {
  const [width, height] = [160, 120];
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const inside = (x - 80) ** 2 + (y - 60) ** 2 < 1600;
      const colour = inside ? [220, 60 + y, 30] : [x, 128 + 60 * Math.sin(x / 9), 255 - y];
      data.set(colour.map(Math.round), (y * width + x) * 3);
    }
  return { width, height, data };
}
