import DefaultTheme from 'vitepress/theme';
import { Embedded } from './embedded.mjs';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('Embedded', Embedded);
  },
};
