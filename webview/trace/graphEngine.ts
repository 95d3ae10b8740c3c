import type { Layout, LayoutInput } from './graphPlaces';

/** The layout engine is a script of its own, loaded when the first graph is looked at. */

declare global {
  var glassboxLayout: ((input: LayoutInput) => Layout) | undefined;
}

// Only while it runs does a script know its own element, with the nonce that lets it load another.
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
let loading: Promise<void> | undefined;

/** Lays a graph out; rejects when the engine cannot be loaded. */
export async function layOut(input: LayoutInput): Promise<Layout> {
  loading ??= load();
  await loading;
  if (!globalThis.glassboxLayout) throw new Error('The layout of graphs could not be loaded');
  return globalThis.glassboxLayout(input);
}

function load(): Promise<void> {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.nonce = script?.nonce ?? '';
    element.src = new URL('graphLayout.js', script?.src ?? location.href).href;
    element.onload = () => resolve();
    element.onerror = () => reject(new Error('The layout of graphs could not be loaded'));
    document.head.append(element);
  });
}
