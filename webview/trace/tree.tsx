import { useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Disposable } from '../../src/base/disposable';
import { observationKinds } from '../../src/model/observation';
import { IconButton, TextButton } from '../ui/controls';
import { Menu, type MenuGroup } from '../ui/menu';
import { formatExact, plural } from '../../src/model/format';
import { Splitter } from '../ui/splitter';
import { defaultArrangement } from './arrangement';
import { Axis } from './axisHead';
import type { Clock } from './clock';
import { FindWidget } from './findWidget';
import { Minimap } from './minimap';
import { hasChildren } from './outline';
import type { TraceModel } from './traceModel';
import { treeAction, type TreeAction } from './treeKeys';
import { TreeView } from './treeView';

interface TreeProps {
  readonly model: TraceModel;
  readonly clock: Clock;
  /** Moves the focus to the details. */
  readonly onEnter: () => void;
}

/** All observations of the trace as a tree, with a bar each on one time axis. */
export function Tree({ model, clock, onEnter }: TreeProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const sticky = useRef<HTMLDivElement>(null);
  const view = useTreeView(model, clock, { scroller, sticky });
  const focus = () => scroller.current?.focus();
  const onKeyDown = (event: KeyboardEvent) => {
    const action = actionOf(event, model, view.current?.page ?? 1);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    perform(action, model, onEnter);
  };
  return (
    <div
      class={model.showsPath.value ? 'tree showing-path' : 'tree'}
      style={{ '--names': model.names.value }}
    >
      <Minimap model={model} clock={clock} onShow={(row) => view.current?.show(row)} />
      <TreeHead model={model} clock={clock} />
      {model.find.value.open && <FindWidget model={model} onClose={focus} />}
      <div class="tree-body">
        <Gridlines clock={clock} />
        <div
          ref={scroller}
          class="tree-rows"
          id="tree"
          role="tree"
          aria-label="Observations of the trace"
          tabIndex={0}
          onKeyDown={onKeyDown}
          onClick={(event) => clicked(event, model)}
          onDblClick={(event) => toggleAt(event, model)}
        >
          <div class="tree-layer" role="presentation" />
        </div>
        <div
          ref={sticky}
          class="sticky-rows"
          aria-hidden
          onClick={(event) => {
            clicked(event, model);
            focus();
          }}
        />
      </div>
      <Splitter
        label="Width of the names"
        orientation="vertical"
        value={model.names.value}
        initial={defaultArrangement.names}
        onChange={(value) => (model.names.value = value)}
      />
    </div>
  );
}

function TreeHead({ model, clock }: { readonly model: TraceModel; readonly clock: Clock }) {
  const rows = model.visible.value.length;
  const columns = model.view.value?.columns;
  const all = columns?.count ?? 0;
  const folds = useMemo(() => foldGroups(model), [columns]);
  return (
    <div class="tree-head">
      <span class="name-cell">
        <span class="dim tree-count">
          {rows === all ? '' : `${formatExact(rows)} of `}
          {plural(all, 'observation')}
        </span>
        <IconButton
          label="Find (type in the tree, or /)"
          icon="search"
          onClick={() => (model.find.value = { ...model.find.value, open: true })}
        />
        <IconButton
          label="Critical path: what the end of the trace was waiting for"
          icon="flame"
          pressed={model.showsPath.value}
          onClick={() => (model.showsPath.value = !model.showsPath.value)}
        />
        <Menu label="Fold by depth or kind" icon="list-tree" groups={folds} />
        <IconButton label="Unfold all" icon="expand-all" onClick={() => model.foldAll(false)} />
        <IconButton label="Fold all" icon="collapse-all" onClick={() => model.foldAll(true)} />
      </span>
      <Axis clock={clock} />
      <span class="number">
        <TextButton
          class="head-button"
          title={
            model.showsSelfTime.value
              ? 'The part of the time in which nothing below it ran. Show all of it'
              : 'From start to end. Show only the part in which nothing below it ran'
          }
          onClick={() => (model.showsSelfTime.value = !model.showsSelfTime.value)}
        >
          {model.showsSelfTime.value ? 'Self' : 'Time'}
        </TextButton>
      </span>
      <span class="number tokens">Tokens</span>
      <span class="number cost">Cost</span>
    </div>
  );
}

function Gridlines({ clock }: { readonly clock: Clock }) {
  return (
    <div class="tree-head gridlines" aria-hidden>
      <span />
      <Axis clock={clock} lines />
    </div>
  );
}

/** Depths the trace has, and kinds that something stands below. */
function foldGroups(model: TraceModel): readonly MenuGroup[] {
  const columns = model.view.value?.columns;
  if (!columns) return [];
  const deepest = columns.depth.reduce((most, depth) => Math.max(most, depth), 0);
  const counts = new Map<number, number>();
  for (let row = 0; row < columns.count; row++) {
    if (!hasChildren(columns, row)) continue;
    const kind = columns.kind[row] ?? 0;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const depths = Array.from({ length: Math.min(9, deepest + 1) }, (_, index) => ({
    label: plural(index + 1, 'level'),
    note: String(index + 1),
    onChoose: () => model.foldToDepth(index + 1),
  }));
  const kinds = [...counts].flatMap(([index, count]) => {
    const kind = observationKinds[index];
    return kind
      ? {
          label: `Fold every ${kind}`,
          note: formatExact(count),
          onChoose: () => model.foldKind(kind, true),
        }
      : [];
  });
  return [
    { title: 'Show', items: depths },
    ...(kinds.length > 0 ? [{ title: 'By kind', items: kinds }] : []),
  ];
}

interface ElementRef {
  readonly current: HTMLDivElement | null;
}

function useTreeView(
  model: TraceModel,
  clock: Clock,
  { scroller, sticky }: Readonly<Record<'scroller' | 'sticky', ElementRef>>,
): { readonly current: TreeView | undefined } {
  const view = useRef<TreeView>(undefined);
  useEffect(() => {
    const element = scroller.current;
    const layer = element?.firstElementChild;
    if (!element || !sticky.current || !(layer instanceof HTMLElement)) return undefined;
    const tree = new TreeView(
      model,
      { scroller: element, layer, sticky: sticky.current },
      {
        range: () => clock.range.peek(),
        now: () => clock.now.peek(),
      },
    );
    view.current = tree;
    const listener = keepFocus(element);
    return () => {
      listener.dispose();
      tree.dispose();
    };
  }, []);
  useSignalEffect(() => {
    void [clock.range.value, clock.now.value];
    view.current?.schedule();
  });
  return view;
}

/** The tree takes the focus whenever the page has it and nothing in it does. */
function keepFocus(element: HTMLElement): Disposable {
  const onFocus = () => {
    if (document.activeElement === document.body) element.focus();
  };
  if (document.hasFocus()) onFocus();
  window.addEventListener('focus', onFocus);
  return { dispose: () => window.removeEventListener('focus', onFocus) };
}

function actionOf(event: KeyboardEvent, model: TraceModel, page: number): TreeAction | undefined {
  const view = model.view.value;
  if (!view || event.isComposing) return undefined;
  const key = { key: event.key, control: event.ctrlKey || event.metaKey, alt: event.altKey };
  return treeAction(key, {
    columns: view.columns,
    folded: model.folded.value,
    visible: model.visible.value,
    selected: model.selectedRow.value,
    page,
    hasError: view.trace.firstError !== undefined,
  });
}

function perform(action: TreeAction, model: TraceModel, onEnter: () => void): void {
  switch (action.type) {
    case 'select':
      model.select(action.row);
      return;
    case 'fold':
    case 'unfold':
      model.fold([action.row], action.type === 'fold');
      return;
    case 'unfoldSiblings':
      model.unfoldSiblings(action.row);
      return;
    case 'find':
      if (action.text === '') model.find.value = { text: '', open: true };
      else model.findText(action.text);
      return;
    case 'firstError':
      model.selectFirstError();
      return;
    case 'foldToDepth':
      model.foldToDepth(action.levels);
      return;
    case 'details':
      onEnter();
  }
}

function rowAt(event: MouseEvent): number {
  const row = event.target instanceof Element ? event.target.closest('.row') : null;
  return row instanceof HTMLElement ? Number(row.dataset['row'] ?? -1) : -1;
}

function clicked(event: MouseEvent, model: TraceModel): void {
  const onTwistie = event.target instanceof Element && event.target.closest('.twistie') !== null;
  if (onTwistie && model.canFold(rowAt(event))) toggleAt(event, model);
  else model.select(rowAt(event));
}

/** With Alt the whole subtree, as in VS Code. */
function toggleAt(event: MouseEvent, model: TraceModel): void {
  const onTwistie = event.target instanceof Element && event.target.closest('.twistie') !== null;
  if (event.type === 'dblclick' && onTwistie) return;
  const row = rowAt(event);
  const columns = model.view.value?.columns;
  if (!columns || row < 0 || !hasChildren(columns, row)) return;
  const closed = model.folded.value[row] !== 1;
  if (event.altKey) model.foldSubtree(row, closed);
  else model.fold([row], closed);
}
