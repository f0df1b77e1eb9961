import { render } from 'preact';
import './style/tokens.css';
import './style/base.css';
import { registerOffline } from './offline/register.js';
import { begin } from './state/actions.js';
import { applyTheme } from './state/theme.js';
import { App } from './ui/app.js';

applyTheme();
render(<App />, document.getElementById('app')!);
registerOffline();
void begin();
