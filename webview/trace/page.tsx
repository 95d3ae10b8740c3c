import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../ui/controls';
import { Empty } from '../ui/empty';
import { HostContext } from '../ui/host';
import { Icon } from '../ui/icon';
import { Splitter } from '../ui/splitter';
import { defaultArrangement } from './arrangement';
import type { Clock } from './clock';
import { DetailsPane } from './details';
import { GraphView } from './graphView';
import { Header } from './header';
import type { TraceModel } from './traceModel';
import { Tree } from './tree';

interface PageProps {
  readonly model: TraceModel;
  readonly clock: Clock;
}

/** Below this width in pixels the details stand under the tree. */
const stackedWidth = 700;
const noticeMs = 10_000;

/** The page of one trace. */
export function Page({ model, clock }: PageProps) {
  const view = model.view.value;
  const failure = model.failure.value;
  if (!view) {
    if (failure !== undefined) return <Empty icon="warning" title={failure} />;
    return <div class="loading">Reading the trace…</div>;
  }
  return (
    <HostContext.Provider value={model.parts}>
      <main class="page" onKeyDown={(event) => pageKey(event, model)}>
        <Header model={model} clock={clock} trace={view.trace} />
        {failure !== undefined && (
          <p class="failure" role="status">
            {failure}
          </p>
        )}
        <Panes model={model} clock={clock} />
        <Notice model={model} />
      </main>
    </HostContext.Provider>
  );
}

/** Why something was not done; goes by itself or at a click. */
function Notice({ model }: { readonly model: TraceModel }) {
  const notice = model.notice.value;
  const dismiss = () => (model.notice.value = undefined);
  useEffect(() => {
    if (notice === undefined) return undefined;
    const timer = setTimeout(dismiss, noticeMs);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class="notice-place" role="status">
      {notice !== undefined && (
        <p class="notice">
          <Icon name="warning" />
          <span>{notice}</span>
          <IconButton label="Dismiss" icon="close" onClick={dismiss} />
        </p>
      )}
    </div>
  );
}

function Panes({ model, clock }: PageProps) {
  const panes = useRef<HTMLDivElement>(null);
  const stacked = useStacked(panes);
  useSignalEffect(() => {
    panes.current?.style.setProperty('--split', String(model.split.value));
  });
  const enter = () => document.getElementById('panel')?.focus();
  return (
    <div ref={panes} class={stacked ? 'panes stacked' : 'panes'}>
      {model.layout.value === 'graph' ? (
        <GraphView model={model} clock={clock} />
      ) : (
        <Tree model={model} clock={clock} onEnter={enter} />
      )}
      <Splitter
        label="Size of the tree"
        orientation={stacked ? 'horizontal' : 'vertical'}
        value={model.split.value}
        initial={defaultArrangement.split}
        onChange={(value) => (model.split.value = value)}
      />
      <section class="details-pane" aria-label="Observation">
        <DetailsPane model={model} clock={clock} />
      </section>
    </div>
  );
}

function useStacked(element: { readonly current: HTMLElement | null }): boolean {
  const [stacked, setStacked] = useState(innerWidth < stackedWidth);
  useEffect(() => {
    const { current } = element;
    if (!current) return undefined;
    const observer = new ResizeObserver(() => setStacked(current.clientWidth < stackedWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return stacked;
}

/** From anywhere but a text field: `e` leads to the first error, Escape back to the tree. */
function pageKey(event: KeyboardEvent, model: TraceModel): void {
  const typing = event.target instanceof Element && event.target.closest('vscode-text-field');
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') document.getElementById('tree')?.focus();
  if (event.key !== 'e') return;
  if (!model.view.value?.trace.firstError) return;
  event.preventDefault();
  model.selectFirstError();
}
