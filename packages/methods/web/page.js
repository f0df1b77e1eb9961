/* The page around an exported classifier. It reads only its own folder, from a server or opened as a file. */
/* global ort, classifier */
(() => {
  const at = id => document.getElementById(id);
  const shown = 5;
  /** Maximum longer side of an image, in pixels: a larger one is shrunk first, which costs less than it changes. */
  const longest = 2048;

  at('title').textContent = document.title = classifier.title;
  at('classes').append(
    ...classifier.classNames.map(name => Object.assign(document.createElement('li'), { textContent: name })),
  );

  const say = text => {
    at('state').textContent = text;
  };
  const complain = text => {
    at('problem').textContent = text;
    at('problem').hidden = text === '';
  };

  /** Files arrive in parts as scripts, which a page opened from a folder can load; fetch cannot. */
  const received = new Map();
  globalThis.part = (name, text) => received.set(name, text);
  function load(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.src = `${name}.js`;
      script.onload = () => {
        const text = received.get(name);
        received.delete(name);
        script.remove();
        resolve(text);
      };
      script.onerror = () => reject(new Error(`The file ${name}.js is missing.`));
      document.head.append(script);
    });
  }
  const bytesOf = text =>
    Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), c => c.charCodeAt(0));
  async function file({ parts, bytes }) {
    const whole = new Uint8Array(bytes);
    let offset = 0;
    for (const name of parts) {
      const some = bytesOf(await load(name));
      whole.set(some, offset);
      offset += some.length;
    }
    return whole;
  }

  async function open() {
    const glue = new Blob([new TextDecoder().decode(await file(classifier.glue))], { type: 'text/javascript' });
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = { mjs: URL.createObjectURL(glue) };
    ort.env.wasm.wasmBinary = (await file(classifier.wasm)).buffer;
    ort.env.logLevel = 'error';
    return ort.InferenceSession.create(await file(classifier.model), {
      executionProviders: ['wasm'],
      extra: { session: { disable_quant_qdq: '1' } }, // unpacks 8-bit weights once, not for each image
    });
  }

  const session = open();
  session.then(
    () => say('Ready.'),
    error => {
      say('');
      complain(`The classifier could not be opened: ${error.message}`);
    },
  );

  /** RGB bytes of a drawable source. */
  function pixels(source, width, height) {
    const scale = Math.min(1, longest / Math.max(width, height));
    const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
    const canvas = Object.assign(document.createElement('canvas'), size);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.imageSmoothingQuality = 'high';
    context.drawImage(source, 0, 0, size.width, size.height);
    let { data } = context.getImageData(0, 0, size.width, size.height);
    if (scale === 1 && data.some((value, i) => i % 4 === 3 && value < 255)) data = colours(source, size) ?? data;
    const rgb = new Uint8Array(size.width * size.height * 3);
    for (let i = 0, j = 0; i < data.length; i += 4) {
      rgb[j++] = data[i];
      rgb[j++] = data[i + 1];
      rgb[j++] = data[i + 2];
    }
    return { rgb, ...size };
  }

  /** RGBA bytes with the file's colours of transparent pixels, which a 2D canvas does not keep: alpha must be dropped. */
  function colours(source, { width, height }) {
    const gl = document.createElement('canvas').getContext('webgl2');
    if (!gl || Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return undefined;
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, source);
    gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
    gl.framebufferTexture2D(
      gl.FRAMEBUFFER,
      gl.COLOR_ATTACHMENT0,
      gl.TEXTURE_2D,
      gl.getParameter(gl.TEXTURE_BINDING_2D),
      0,
    );
    const data = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
    gl.getExtension('WEBGL_lose_context')?.loseContext();
    return data;
  }

  let turn = 0;
  /** Classifies a picture and displays the result; a later picture takes precedence. */
  async function look({ rgb, width, height }) {
    const mine = ++turn;
    say('Looking …');
    const opened = await session;
    await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve))); // let the page render that first
    const { probabilities } = await opened.run({ image: new ort.Tensor('uint8', rgb, [height, width, 3]) }, [
      'probabilities',
    ]);
    if (mine !== turn) return;
    const answers = [...probabilities.data]
      .map((score, i) => ({ name: classifier.classNames[i], score }))
      .sort((a, b) => b.score - a.score)
      .slice(0, shown);
    at('answers').replaceChildren(...answers.map(bar));
    at('result').hidden = false;
    say(`It seems to be: ${answers[0].name}, ${percent(answers[0].score)}.`);
  }

  const percent = score => `${(100 * score).toFixed(1)} %`;

  function bar({ name, score }) {
    const item = document.createElement('li');
    const said = Object.assign(document.createElement('div'), { className: 'said' });
    for (const text of [name, percent(score)])
      said.append(Object.assign(document.createElement('span'), { textContent: text }), ' ');
    const outer = Object.assign(document.createElement('div'), { className: 'bar' });
    outer.setAttribute('aria-hidden', 'true'); // the numbers already say it
    const inner = document.createElement('div');
    inner.style.width = `${100 * score}%`;
    outer.append(inner);
    item.append(said, outer);
    return item;
  }

  function preview(url) {
    const image = at('preview');
    if (image.src.startsWith('blob:')) URL.revokeObjectURL(image.src);
    image.src = url;
  }

  /** Browsers turn a photograph as its orientation tag says, training did not: makes a copy that is tagged as upright. */
  async function asStored(given) {
    const view = new DataView(await given.arrayBuffer());
    const at = orientation(view);
    if (at) view.setUint16(at.value, 1, at.littleEndian);
    return new Blob([view.buffer], { type: given.type });
  }

  const text = (view, at, length) =>
    at + length > view.byteLength ? '' : String.fromCharCode(...new Uint8Array(view.buffer, at, length));

  /** Position of the orientation's value in a JPEG or WebP file. */
  function orientation(view) {
    const start = text(view, 8, 4) === 'WEBP' ? exifOfWebp(view) : exifOfJpeg(view);
    if (start === undefined || start + 8 > view.byteLength) return undefined;
    const littleEndian = view.getUint8(start) === 0x49;
    const entries = start + view.getUint32(start + 4, littleEndian);
    if (entries + 2 > view.byteLength) return undefined;
    const count = view.getUint16(entries, littleEndian);
    for (let at = entries + 2; at < entries + 2 + 12 * count && at + 12 <= view.byteLength; at += 12)
      if (view.getUint16(at, littleEndian) === 0x0112) return { value: at + 8, littleEndian };
    return undefined;
  }

  function exifOfJpeg(view) {
    if (text(view, 0, 2) !== '\xff\xd8') return undefined;
    for (let at = 2; at + 4 <= view.byteLength && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
      if (view.getUint8(at + 1) === 0xda) return undefined; // the picture starts
      if (view.getUint8(at + 1) === 0xe1 && text(view, at + 4, 4) === 'Exif') return at + 10;
    }
    return undefined;
  }

  function exifOfWebp(view) {
    for (let at = 12; at + 8 <= view.byteLength; ) {
      if (text(view, at, 4) === 'EXIF') return text(view, at + 8, 4) === 'Exif' ? at + 14 : at + 8;
      const size = view.getUint32(at + 4, true);
      at += 8 + size + (size & 1);
    }
    return undefined;
  }

  async function lookAtFile(given) {
    complain('');
    let picture;
    try {
      const stored = await asStored(given);
      picture = await createImageBitmap(stored, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
    } catch {
      complain(`${given.name || 'This'} is not an image that this browser can read.`);
      return;
    }
    preview(URL.createObjectURL(given));
    await lookAt(() => pixels(picture, picture.width, picture.height));
    picture.close();
  }

  /** Classifies a picture, or says why that is not possible. */
  async function lookAt(picture) {
    try {
      await look(picture());
    } catch (error) {
      say('');
      complain(`This image could not be looked at: ${error.message}`);
    }
  }

  at('file').addEventListener('change', ({ target }) => {
    if (target.files[0]) lookAtFile(target.files[0]);
    target.value = ''; // the same file can be chosen again
  });

  const drop = at('drop');
  for (const type of ['dragenter', 'dragover'])
    addEventListener(type, event => {
      event.preventDefault();
      drop.classList.add('over');
    });
  for (const type of ['dragleave', 'drop']) addEventListener(type, () => drop.classList.remove('over'));
  addEventListener('drop', event => {
    event.preventDefault();
    const [given] = event.dataTransfer.files;
    if (given) lookAtFile(given);
    else complain('That was not a file: drop an image file.');
  });
  addEventListener('paste', event => {
    const [given] = event.clipboardData.files;
    if (given) lookAtFile(given);
  });

  let stream;
  const stop = camera => {
    for (const track of camera?.getTracks() ?? []) track.stop();
  };
  function closeCamera() {
    stop(stream);
    stream = undefined;
    at('live').hidden = true;
    at('camera').focus();
  }
  at('camera').addEventListener('click', async () => {
    complain('');
    try {
      if (!navigator.mediaDevices) throw new Error('this browser gives none to a page opened this way');
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      stop(stream); // of an earlier press
      stream = opened;
      at('video').srcObject = stream;
      at('live').hidden = false;
      at('shoot').focus();
      say('The camera is on.');
    } catch (error) {
      complain(`There is no camera to use: ${error.message}.`);
    }
  });
  at('stop').addEventListener('click', closeCamera);
  at('shoot').addEventListener('click', async () => {
    const video = at('video');
    if (!video.videoWidth) return;
    const canvas = Object.assign(document.createElement('canvas'), {
      width: video.videoWidth,
      height: video.videoHeight,
    });
    canvas.getContext('2d').drawImage(video, 0, 0);
    canvas.toBlob(blob => preview(URL.createObjectURL(blob)));
    closeCamera();
    await lookAt(() => pixels(canvas, canvas.width, canvas.height));
  });
  addEventListener('keydown', event => {
    if (event.key === 'Escape' && stream) closeCamera();
  });
})();
