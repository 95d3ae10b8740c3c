import * as vscode from 'vscode';
import { Disposables } from '../base/disposable';
import type { Core, TraceChanges } from '../core/core';
import { formatCost, formatCount } from '../model/format';
import type { TraceSummary } from '../model/trace';
import type { Services } from './services';

const refreshMs = 500;
const pageSize = 1000;
const mostPages = 20;

/** One item: whether spans are received, how many came today, and what they cost. */
export class StatusBar implements vscode.Disposable {
  private readonly disposables = new Disposables();
  private readonly item: vscode.StatusBarItem;
  private readonly today = new Map<string, TraceSummary>();
  private core: Core | undefined;
  private timer: NodeJS.Timeout | undefined;
  private heldPorts: readonly number[] = [];

  constructor(services: Services) {
    this.item = this.disposables.add(
      vscode.window.createStatusBarItem('glassbox.status', vscode.StatusBarAlignment.Right, 50),
    );
    this.item.name = 'Glassbox';
    this.item.command = 'glassbox.traces.focus';
    this.item.text = '$(loading~spin) Glassbox';
    this.item.tooltip = 'Glassbox is starting';
    this.item.show();
    this.disposables.add(services.runs.onDidChange(() => this.schedule()));
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.disposables.dispose();
  }

  ready(core: Core): void {
    this.core = core;
    void this.readToday(core).finally(() => this.refresh());
  }

  /** The receiver could not be opened; the sentence says why. */
  failed(message: string): void {
    this.item.text = '$(warning) Glassbox';
    this.item.tooltip = message;
    this.item.command = 'glassbox.output.show';
    this.item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  }

  update({ changed, removed }: TraceChanges): void {
    for (const trace of changed) {
      if (trace.startTime >= midnight()) this.today.set(trace.traceId, trace);
    }
    for (const traceId of removed) this.today.delete(traceId);
    this.schedule();
  }

  private async readToday(core: Core): Promise<void> {
    let before: { startTime: number; traceId: string } | undefined;
    for (let page = 0; page < mostPages; page++) {
      const traces = await core.query.traces({ limit: pageSize, before });
      const fresh = traces.filter((trace) => trace.startTime >= midnight());
      for (const trace of fresh) this.today.set(trace.traceId, trace);
      const last = fresh.at(-1);
      if (!last || fresh.length < pageSize) return;
      before = { startTime: last.startTime, traceId: last.traceId };
    }
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.refresh();
    }, refreshMs);
  }

  private async refresh(): Promise<void> {
    this.heldPorts = (await this.core?.heldPorts().catch(() => [])) ?? [];
    this.render();
  }

  private render(): void {
    if (!this.core) return;
    const traces = [...this.today.values()].filter((trace) => trace.startTime >= midnight());
    const spans = traces.reduce((sum, trace) => sum + trace.observationCount, 0);
    const cost = traces.reduce((sum, trace) => sum + (trace.cost?.total ?? 0), 0);
    const running = traces.filter((trace) => trace.status === 'running').length;
    const facts =
      spans === 0
        ? ''
        : ` ${formatCount(spans)} ${spans === 1 ? 'span' : 'spans'}${cost > 0 ? ` · ${formatCost(cost)}` : ''}`;
    this.item.text = `${running > 0 ? '$(loading~spin)' : '$(pulse)'} Glassbox${facts}`;
    this.item.tooltip = describe(this.core, { spans, cost, running, heldPorts: this.heldPorts });
    this.item.accessibilityInformation = {
      label: `Glassbox: ${spans} spans today, ${formatCost(cost)}, ${running} traces running`,
    };
  }
}

interface Today {
  readonly spans: number;
  readonly cost: number;
  readonly running: number;
}

function describe(
  core: Core,
  { spans, cost, running, heldPorts }: Today & { readonly heldPorts: readonly number[] },
): vscode.MarkdownString {
  const { listening } = core;
  const lines = [
    listening
      ? `Receiving OpenTelemetry on 127.0.0.1:${listening.port}`
      : 'Another window on this folder receives; this one follows it',
    listening && heldPorts.length > 0
      ? `and on the standard ports ${heldPorts.join(' and ')}`
      : listening && 'The standard ports 4318 and 4317 belong to another program',
    `Today: ${spans.toLocaleString()} spans, ${formatCost(cost)}, ${running} running`,
    'Select to open the traces',
  ];
  return new vscode.MarkdownString(lines.filter(Boolean).join('  \n'));
}

/** Microseconds since 1970 of the last midnight, local time. */
function midnight(): number {
  return new Date().setHours(0, 0, 0, 0) * 1000;
}
