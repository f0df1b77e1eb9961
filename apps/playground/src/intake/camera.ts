/** A running camera; `frame` takes a picture. */
export interface Camera {
  stream: MediaStream;
  frame(video: HTMLVideoElement): Promise<Blob | undefined>;
  stop(): void;
}

/** @throws the browser's error: denied, no camera, or in use */
export async function openCamera(): Promise<Camera> {
  if (!navigator.mediaDevices) throw new DOMException('no camera on an insecure page', 'SecurityError');
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', width: { ideal: 640 }, height: { ideal: 640 } },
  });
  return {
    stream,
    frame: squareFrame,
    stop: () => {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

/** The central square of the camera image. */
async function squareFrame(video: HTMLVideoElement): Promise<Blob | undefined> {
  const { videoWidth: width, videoHeight: height } = video;
  const side = Math.min(width, height);
  if (side === 0) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.min(side, 448);
  canvas
    .getContext('2d')!
    .drawImage(video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, canvas.width, canvas.width);
  return new Promise(resolve => canvas.toBlob(blob => resolve(blob ?? undefined), 'image/jpeg', 0.92));
}
