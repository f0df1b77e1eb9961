/** Python's `round`: halves go to the even neighbour. Pillow and torchvision use it. */
export function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  return x - floor === 0.5 ? floor + (floor % 2) : Math.round(x);
}
