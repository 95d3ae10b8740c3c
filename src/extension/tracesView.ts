import * as vscode from 'vscode';
import { Disposables } from '../base/disposable';
import { toError } from '../base/errors';
import type { Core, TraceChanges } from '../core/core';
import type { Filter } from '../model/filter';
import { parseFilter } from '../model/filterParse';
import type { TraceSummary } from '../model/trace';
import type { Services } from './services';
import { serviceOf, TraceList } from './traceList';
import { traceTooltip } from './traceTooltip';
import { itemOf, type TraceNode } from './traceNodes';

const pageSize = 100;
const refreshMs = 250;
const mutedKey = 'traces.mutedServices';

/** The *Traces* tree: live, newest first, grouped by session where there is one. */
export class TracesView implements vscode.TreeDataProvider<TraceNode>, vscode.Disposable {
  private readonly disposables = new Disposables();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<TraceNode | undefined>());
  private readonly view: vscode.TreeView<TraceNode>;
  private readonly list = new TraceList();
  private muted: ReadonlySet<string>;
  private filterText = '';
  private filter: Filter | undefined;
  private complete = true;
  private refreshing: NodeJS.Timeout | undefined;
  private stale = false;

  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly window: Services) {
    this.muted = new Set(window.context.workspaceState.get<readonly string[]>(mutedKey, []));
    this.view = this.disposables.add(
      vscode.window.createTreeView('glassbox.traces', {
        ...{ treeDataProvider: this, showCollapseAll: true, canSelectMany: true },
      }),
    );
    this.disposables.add(
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible && this.stale) this.refresh();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.refreshing);
    this.disposables.dispose();
  }

  ready(core: Core): void {
    void this.load(core);
  }

  update({ changed, removed }: TraceChanges): void {
    this.list.remove(removed);
    if (this.filter) {
      void this.reload();
      return;
    }
    this.list.put(changed);
    this.refresh();
  }

  get filterSource(): string {
    return this.filterText;
  }

  /** The traces a command acts on: what is selected, or all that are listed. */
  get selection(): readonly TraceSummary[] {
    return this.view.selection.flatMap((node) => (node.type === 'trace' ? node.trace : []));
  }

  get listed(): readonly TraceSummary[] {
    return this.list.all;
  }

  /** Shows only what the filter names; an empty text shows all. Rejects with what is wrong. */
  async setFilter(text: string): Promise<void> {
    const parsed = parseFilter(text);
    if ('problem' in parsed) return;
    this.filterText = text.trim();
    this.filter = parsed.filter;
    this.view.description = this.filterText;
    await vscode.commands.executeCommand('setContext', 'glassbox.filtered', this.filterText !== '');
    await this.reload();
  }

  /** Names of services whose traces are not agents' work, each with whether it is shown. */
  get services(): readonly { readonly name: string; readonly shown: boolean }[] {
    const listed = this.list.all.filter((trace) => !trace.ai).map(serviceOf);
    const names = [...new Set([...listed, ...this.muted])].sort();
    return names.map((name) => ({ name, shown: !this.muted.has(name) }));
  }

  async mute(names: readonly string[]): Promise<void> {
    this.muted = new Set(names);
    await this.window.context.workspaceState.update(mutedKey, names);
    this.refresh();
  }

  async reload(): Promise<void> {
    await this.load(await this.window.core());
  }

  async loadMore(): Promise<void> {
    const core = await this.window.core();
    const last = this.list.all.at(-1);
    const page = await core.query.traces({
      ...{ filter: this.filter, limit: pageSize },
      before: last && { startTime: last.startTime, traceId: last.traceId },
    });
    this.complete = page.length < pageSize;
    this.list.put(page);
    this.refresh();
  }

  getTreeItem(node: TraceNode): vscode.TreeItem {
    return itemOf(node);
  }

  getChildren(node?: TraceNode): TraceNode[] {
    if (!node) return [...this.list.nodes({ more: !this.complete, muted: this.muted })];
    return node.type === 'session' || node.type === 'others'
      ? node.traces.map((trace) => ({ type: 'trace', trace }))
      : [];
  }

  getParent(node: TraceNode): TraceNode | undefined {
    if (node.type !== 'trace') return undefined;
    return this.list
      .nodes({ more: false, muted: this.muted })
      .find(
        (parent) =>
          (parent.type === 'session' || parent.type === 'others') &&
          parent.traces.some(({ traceId }) => traceId === node.trace.traceId),
      );
  }

  async resolveTreeItem(item: vscode.TreeItem, node: TraceNode): Promise<vscode.TreeItem> {
    if (node.type !== 'trace') return item;
    const core = await this.window.core();
    const trace = await core.query.trace(node.trace.traceId);
    if (trace) item.tooltip = traceTooltip(trace);
    return item;
  }

  private async load(core: Core): Promise<void> {
    try {
      const page = await core.query.traces({ filter: this.filter, limit: pageSize });
      this.complete = page.length < pageSize;
      this.list.replace(page);
      this.view.message = this.emptyMessage();
    } catch (error) {
      this.list.replace([]);
      this.view.message = toError(error).message;
    }
    this.refresh();
  }

  private emptyMessage(): string | undefined {
    return this.filter && this.list.all.length === 0
      ? 'No trace fits this filter. Change it, or clear it with the button above.'
      : undefined;
  }

  private refresh(): void {
    this.stale = true;
    this.refreshing ??= setTimeout(() => {
      this.refreshing = undefined;
      const running = this.list.all.filter((trace) => trace.status === 'running').length;
      this.view.badge =
        running === 0 ? undefined : { value: running, tooltip: `${running} running` };
      if (!this.view.visible) return;
      this.stale = false;
      this.changed.fire(undefined);
    }, refreshMs);
  }
}
