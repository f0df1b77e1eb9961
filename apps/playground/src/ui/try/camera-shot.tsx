import { useEffect, useRef, useState } from 'preact/hooks';
import { type Camera, openCamera } from '../../intake/camera.js';
import { say } from '../../state/notices.js';
import { tryImage } from '../../state/tries.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import { cameraProblem } from '../data/camera-panel.js';
import { Button } from '../parts/button.js';
import { CameraIcon } from '../parts/icons.js';

/** Takes a picture with the camera and tries it. */
export function CameraShot() {
  const words = t().camera;
  const video = useRef<HTMLVideoElement>(null);
  const [camera, setCamera] = useState<Camera>();
  useEffect(() => {
    if (camera && video.current) video.current.srcObject = camera.stream;
    return () => camera?.stop();
  }, [camera]);
  if (!camera) {
    const open = () =>
      openCamera().then(setCamera, error => {
        say('error', cameraProblem(error));
      });
    return (
      <Button small onClick={() => void open()}>
        <CameraIcon /> {t().try.camera}
      </Button>
    );
  }
  const shoot = async () => {
    const file = video.current && (await camera.frame(video.current));
    if (file) await tryImage(file, `${Date.now()}.jpg`);
  };
  return (
    <>
      <video ref={video} autoPlay muted playsInline aria-label={words.video} />
      <div class={controls.row}>
        <Button small kind="primary" onClick={() => void shoot()}>
          {words.take}
        </Button>
        <Button small onClick={() => setCamera(undefined)}>
          {words.done}
        </Button>
      </div>
    </>
  );
}
