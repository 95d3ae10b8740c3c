import { Doctor, type Finding } from '../dialects/doctor';
import type { TraceSummary } from '../model/trace';
import type { ObservationReader } from './observations';

/** What is wrong shows early; a trace of any size is looked at for a moment only. */
const mostObservations = 5000;
const pageSize = 200;

/** Shows a trace to the doctor, page by page. */
export async function diagnose(
  reader: ObservationReader,
  trace: TraceSummary,
): Promise<readonly Finding[]> {
  const doctor = new Doctor();
  let seen = 0;
  for (let after; seen < mostObservations; seen += pageSize) {
    const page = await reader.page(trace, { limit: pageSize, after });
    for (const observation of page.observations) doctor.see(observation);
    after = page.next;
    if (!after) break;
  }
  return doctor.findings(await reader.looseLogs(trace));
}
