import type { RunLink } from '../model/observation';
import type { Attributes, Span } from '../model/span';
import { compact, numberAt, textAt } from './reader';

/** What the process that sent a span says of itself: one answer for all spans of a batch. */
interface ProcessFacts {
  readonly serviceName?: string;
  readonly environment?: string;
  readonly release?: string;
  readonly run?: RunLink;
}

const known = new WeakMap<Attributes, ProcessFacts>();

/** The service, and the run of ours that the span belongs to; a span may say more than its process. */
export function originOf(span: Span): ProcessFacts {
  let process = known.get(span.resource);
  if (!process) {
    process = readProcess(span.resource);
    known.set(span.resource, process);
  }
  const run = runOf(span.attributes);
  return run ? { ...process, run: { ...process.run, ...run } } : process;
}

function readProcess(resource: Attributes): ProcessFacts {
  return {
    serviceName: textAt(resource, 'service.name'),
    environment: textAt(resource, 'deployment.environment.name', 'deployment.environment'),
    release: textAt(resource, 'service.version'),
    run: runOf(resource),
  };
}

function runOf(attributes: Attributes): RunLink | undefined {
  return compact<RunLink>({
    runId: textAt(attributes, 'glassbox.run.id'),
    experimentRunId: textAt(attributes, 'glassbox.experiment.run.id'),
    caseId: textAt(attributes, 'glassbox.case.id'),
    caseRepeat: numberAt(attributes, 'glassbox.case.repeat'),
  });
}
