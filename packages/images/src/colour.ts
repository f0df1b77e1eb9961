/** An image in memory: 8-bit RGB, row by row. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array; // [height, width, 3]
}

/** CMYK to RGB with Pillow's formula and rounding: white minus ink and black. */
export function cmykToRgb({ width, height, data }: Picture): Picture {
  const pixels = width * height;
  const channels = data.length / pixels; // five with alpha
  const out = new Uint8ClampedArray(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    const light = 255 - data[i * channels + 3]!;
    for (let c = 0; c < 3; c++) {
      const product = data[i * channels + c]! * light + 128;
      out[i * 3 + c] = light - (((product >> 8) + product) >> 8); // divided by 255, rounded
    }
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}

/** 16-bit grey (as bytes) to RGB: values above 255 are white, as in Pillow's conversion of `I;16`. */
export function greyToRgb({ width, height, data }: Picture): Picture {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const out = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) out.fill(Math.min(view.getUint16(2 * i, true), 255), 3 * i, 3 * i + 3);
  return { width, height, data: out };
}

/** 16-bit grey (as bytes) to RGB: the upper byte, as in Pillow's conversion of grey with alpha. */
export function upperBytes({ width, height, data }: Picture): Picture {
  const out = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) out.fill(data[2 * i + 1]!, 3 * i, 3 * i + 3);
  return { width, height, data: out };
}
