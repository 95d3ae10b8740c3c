import type { Port } from '../../src/base/channel';

/** The page's end of the wire to the extension, as VS Code hands it out once per page. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  /** Kept while the editor tab lives, also over a reload of the window. */
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): VsCodeApi;
}

export function pagePort(api: VsCodeApi): Port {
  return {
    post: (message) => api.postMessage(message),
    listen: (handler) => {
      const onMessage = (event: MessageEvent) => handler(event.data);
      window.addEventListener('message', onMessage);
      return { dispose: () => window.removeEventListener('message', onMessage) };
    },
  };
}
