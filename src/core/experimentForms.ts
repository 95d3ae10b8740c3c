import { percent } from '../experiments/gate';
import { junitXml } from '../experiments/junit';
import { reportJson, whyNot, type Report } from '../experiments/report';
import { markdownSummary } from '../experiments/summary';
import type { CaseResult } from '../experiments/verdict';
import { formatCost } from '../model/format';
import type { Json } from '../model/value';

/** One report in every form it is written in. */
export interface ReportForms {
  readonly json: Json;
  /** For a terminal. */
  readonly text: string;
  readonly junit: string;
  readonly markdown: string;
}

export function reportForms(report: Report): ReportForms {
  return {
    ...{ json: reportJson(report), text: terminalText(report) },
    ...{ junit: junitXml(report), markdown: markdownSummary(report) },
  };
}

function terminalText(report: Report): string {
  const { experiment, cases, passRate, interval, cost, gate } = report;
  const ran = cases.filter(({ change }) => change !== 'removed');
  const passed = ran.filter(({ status }) => status === 'passed').length;
  const [low, high] = interval;
  return [
    `${experiment}: ${passed} of ${ran.length} cases pass`,
    `  pass rate ${percent(passRate)} (95 % interval ${percent(low)} to ${percent(high)})`,
    `  cost ${cost === undefined ? 'not known' : formatCost(cost)}`,
    ...cases.filter(isTelling).map((one) => `  ${line(one)}`),
    ...(gate.passed ? [] : ['gate failed:', ...gate.reasons.map((reason) => `  ${reason}`)]),
    '',
  ].join('\n');
}

function isTelling({ status, change }: CaseResult): boolean {
  return status !== 'passed' || (change !== 'same' && change !== 'new');
}

function line(one: CaseResult): string {
  const { id, status, change, decided, repeatsNeeded } = one;
  const more = repeatsNeeded ? `, ${repeatsNeeded} more repeats would decide` : '';
  const words = change === 'new' || change === 'same' ? '' : ` (${change}${decided ? '' : more})`;
  // Control characters of an output must not reach the terminal.
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const clean = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, 160);
  return `${status.padEnd(6)} ${clean(id)}${words}  ${clean(whyNot(one))}`.trimEnd();
}
