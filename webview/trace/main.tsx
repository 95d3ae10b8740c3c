import { effect } from '@preact/signals';
import { render } from 'preact';
import { connect, serve } from '../../src/base/channel';
import type { TraceHost, TracePage } from '../../src/protocol';
import { pagePort } from '../ui/vscodeApi';
import { readArrangement } from './arrangement';
import { startClock } from './clock';
import { Page } from './page';
import './trace.css';
import { TraceModel } from './traceModel';

const api = acquireVsCodeApi();
const port = pagePort(api);
const model = new TraceModel(connect<TraceHost>(port), readArrangement(api.getState()));
const clock = startClock(model);

serve<TracePage>(port, {
  traceChanged: async () => model.refresh(),
  select: async (spanId) => model.selectSpan(spanId),
});

const root = document.getElementById('root');
// The extension revives the panel after a reload of the window by the trace it finds in here.
effect(() => api.setState({ ...model.arrangement.value, traceId: root?.dataset['traceId'] }));
if (root) render(<Page model={model} clock={clock} />, root);
model.refresh();

// Without an export esbuild takes an entry of a "commonjs" package for CommonJS, and shakes nothing off.
export {};
