import { formatCost, formatDuration } from '../model/format';
import { percent } from './gate';
import { whyNot, type Report } from './report';
import { percentile } from './statistics';
import type { CaseResult } from './verdict';

const mostRows = 100;
const marks: Readonly<Record<CaseResult['status'], string>> = {
  passed: '✅',
  failed: '❌',
  flaky: '⚠️',
  error: '💥',
};

/** A run in GitHub's markdown, for the summary of a job: what changed first, what failed with why. */
export function markdownSummary(report: Report): string {
  const { gate } = report;
  const shown = report.cases.filter(isTelling).sort((a, b) => rank(a) - rank(b));
  const lines = [
    `### ${gate.passed ? '✅' : '❌'} ${cell(report.experiment)}: ${percent(report.passRate)} of cases pass`,
    '',
    facts(report),
    '',
    ...gate.reasons.map((reason) => `- ${cell(reason, 500)}`),
    ...(gate.reasons.length > 0 ? [''] : []),
    ...(shown.length === 0 ? [] : table(shown.slice(0, mostRows))),
  ];
  if (shown.length > mostRows) lines.push('', `… and ${shown.length - mostRows} more.`);
  return `${lines.join('\n')}\n`;
}

/** `95 % interval 71 % to 98 % · 12 cases: 10 passed, 2 failed · 1 broken · $0.012 · p95 1.2 s`. */
function facts({ interval, cases, cost }: Report): string {
  const ran = cases.filter(({ change }) => change !== 'removed');
  const statuses = (['passed', 'failed', 'flaky', 'error'] as const).flatMap((status) => {
    const count = ran.filter((one) => one.status === status).length;
    return count === 0 ? [] : `${count} ${status}`;
  });
  const changes = (['broken', 'fixed', 'flaky', 'removed'] as const).flatMap((change) => {
    const count = cases.filter((one) => one.change === change).length;
    return count === 0 ? [] : `${count} ${change} against the baseline`;
  });
  const times = cases.flatMap(({ repeats }) => repeats.map(({ durationMs }) => durationMs));
  const slow = percentile(times, 0.95);
  return [
    `95 % interval ${percent(interval[0])} to ${percent(interval[1])}`,
    `${ran.length} cases: ${statuses.join(', ')}`,
    ...changes,
    cost === undefined ? 'cost not known' : formatCost(cost),
    ...(slow === undefined ? [] : [`p95 ${formatDuration(slow * 1000)}`]),
  ].join(' · ');
}

function isTelling({ status, change }: CaseResult): boolean {
  return status !== 'passed' || (change !== 'same' && change !== 'new');
}

const order: readonly CaseResult['change'][] = [
  ...(['broken', 'flaky', 'fixed', 'new', 'same', 'removed'] as const),
];
function rank({ change, decided }: CaseResult): number {
  return order.indexOf(change) * 2 - (decided ? 1 : 0);
}

function table(cases: readonly CaseResult[]): readonly string[] {
  const rows = cases.map((one) => {
    const passes = one.repeats.filter(({ passed }) => passed).length;
    const ratio = one.change === 'removed' ? '' : `${passes}/${one.repeats.length}`;
    const status = one.change === 'removed' ? '' : `${marks[one.status]} ${one.status}`;
    const columns = [cell(one.id), status, ratio, changeWords(one), cell(whyNot(one))];
    return `| ${columns.join(' | ')} |`;
  });
  return ['| case | status | passes | change | why |', '|---|---|---|---|---|', ...rows];
}

function changeWords({ change, decided, repeatsNeeded }: CaseResult): string {
  if (change !== 'broken' && change !== 'fixed' && change !== 'flaky') return change;
  if (decided) return `**${change}**`;
  return repeatsNeeded === undefined
    ? `${change}?`
    : `${change}? (${repeatsNeeded} more repeats would decide)`;
}

/** Text from anywhere, in a cell: one line that neither formats, links, notifies nor breaks out. */
function cell(text: string, most = 160): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const cut = line.length > most ? `${line.slice(0, most - 1)}…` : line;
  return cut
    .replace(/[\\`*_{}[\]()#!|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200b')
    .replace(/:\/\//g, ':\u200b//');
}
