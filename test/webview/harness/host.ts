import { connect, serve, type Port } from '../../../src/base/channel';
import { UserError } from '../../../src/base/errors';
import type { Observation } from '../../../src/model/observation';
import type { TraceHost, TracePage } from '../../../src/protocol';
import type { VsCodeApi } from '../../../webview/ui/vscodeApi';
import { makeCase, type CaseName } from './cases';
import { supportTrace } from './supportTrace';
import { applyTheme, type ThemeName } from './themes';
import { makeTrace, type Made } from './traces';

/**
 * The extension's side of the page, played in the page itself: it stands between
 * `acquireVsCodeApi` and the channel, and logs what it was asked.
 */

declare global {
  interface Window {
    harness: Harness;
    attacked?: unknown;
    /** A trace from outside, shown by the case `given`. */
    given?: readonly Observation[];
  }
}

export interface Harness {
  readonly calls: { readonly method: string; readonly args: readonly unknown[] }[];
  readonly page: TracePage;
  /** Lets the running support trace stand where it stood after some milliseconds. */
  runTo(milliseconds: number): void;
  state(): unknown;
}

const query = new URLSearchParams(location.search);
let made = madeTrace(query.get('case') ?? 'support');
const stateKey = 'state';
const calls: { method: string; args: readonly unknown[] }[] = [];
const listeners = new Set<(message: unknown) => void>();

/** The host's end: what it posts arrives in the page as a message event, cloned. */
const port: Port = {
  post: (message) =>
    setTimeout(() =>
      window.dispatchEvent(new MessageEvent('message', { data: structuredClone(message) })),
    ),
  listen: (handler) => {
    listeners.add(handler);
    return { dispose: () => listeners.delete(handler) };
  },
};

const api: VsCodeApi = {
  postMessage: (message) => {
    const clone: unknown = structuredClone(message);
    setTimeout(() => listeners.forEach((listener) => listener(clone)));
  },
  getState: () => JSON.parse(sessionStorage.getItem(stateKey) ?? 'null') as unknown,
  setState: (state) => sessionStorage.setItem(stateKey, JSON.stringify(state)),
};
globalThis.acquireVsCodeApi = () => api;

const logged =
  (method: string) =>
  async (...args: unknown[]): Promise<void> => {
    calls.push({ method, args });
  };

serve<TraceHost>(port, {
  trace: async () => {
    calls.push({ method: 'trace', args: [] });
    return made?.view;
  },
  observation: async (spanId) => {
    calls.push({ method: 'observation', args: [spanId] });
    return made?.observations.get(spanId);
  },
  openSource: async () => {
    throw new UserError('agent.mjs is not a file of this workspace.');
  },
  openFile: logged('openFile'),
  openText: logged('openText'),
  copy: logged('copy'),
  openLink: logged('openLink'),
  setStarred: async (starred) => {
    calls.push({ method: 'setStarred', args: [starred] });
    if (made) made = { ...made, view: { ...made.view, trace: { ...made.view.trace, starred } } };
  },
});

const page = connect<TracePage>(port);
window.harness = {
  calls,
  page,
  runTo: (milliseconds) => {
    made = supportTrace(milliseconds);
    void page.traceChanged();
  },
  state: () => api.getState(),
};

function madeTrace(name: string): Made | undefined {
  if (name === 'gone') return undefined;
  return name === 'given' ? makeTrace(window.given ?? []) : makeCase(name as CaseName);
}

applyTheme((query.get('theme') ?? 'dark') as ThemeName);
