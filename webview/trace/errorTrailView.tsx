import { nameAt } from '../../src/model/columns';
import { TextButton } from '../ui/controls';
import { Icon } from '../ui/icon';
import { errorTrail, type TrailStep } from './errorTrail';
import type { TraceModel } from './traceModel';

const words: Readonly<Record<TrailStep['part'], string>> = {
  began: 'it began here',
  passedOn: 'passed it on',
  handled: 'went on in spite of it',
};

/** More steps than this are counted, not shown. */
const mostSteps = 8;

/** Where the failure began and how far up it went; nothing where it stayed. */
export function ErrorTrail({ model }: { readonly model: TraceModel }) {
  const columns = model.view.value?.columns;
  const row = model.selectedRow.value;
  if (!columns || row < 0) return null;
  const steps = errorTrail(columns, row);
  if (steps.length < 2) return null;
  const hidden = Math.max(0, steps.length - mostSteps);
  const shown = hidden > 0 ? [...steps.slice(0, 1), ...steps.slice(hidden + 1)] : steps;
  return (
    <ol class="error-trail" aria-label="How the error travelled">
      {shown.map((step, index) => (
        <li key={step.row}>
          {index > 0 && <Icon name="arrow-right" />}
          {index === 1 && hidden > 0 && <span class="dim">{hidden} more, </span>}
          {step.row === row ? (
            <strong aria-current="true">{nameAt(columns, step.row).slice(0, 60)}</strong>
          ) : (
            <TextButton title={words[step.part]} onClick={() => model.select(step.row)}>
              {nameAt(columns, step.row).slice(0, 60)}
            </TextButton>
          )}
          <span class="dim">{words[step.part]}</span>
        </li>
      ))}
    </ol>
  );
}
