import { withBase } from 'vitepress';
import { defineComponent, h, ref } from 'vue';

/**
 * A page in a frame, with a link to it: `<Embedded src="/kept/report.html" title="…" :height="720" />`. With `button`,
 * it is loaded when that is pressed.
 */
export const Embedded = defineComponent({
  props: {
    src: { type: String, required: true },
    title: { type: String, required: true },
    button: String,
    height: { type: Number, default: 640 },
  },
  setup(props) {
    const isOpen = ref(!props.button);
    const frame = url =>
      h('iframe', { src: url, title: props.title, style: `height: ${props.height}px`, loading: 'lazy' });
    const opener = () => h('button', { type: 'button', onClick: () => (isOpen.value = true) }, props.button);
    return () => {
      const url = withBase(props.src);
      const link = h('a', { href: url, target: '_blank', rel: 'noreferrer' }, `${props.title} ↗`);
      return h('div', { class: 'embedded' }, [isOpen.value ? frame(url) : opener(), h('p', link)]);
    };
  },
});
