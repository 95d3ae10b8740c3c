import { maskSecrets, type MaskSecrets } from '../base/secrets';
import { logsRequest, tracesRequest } from './schema';

/** Masks the secrets in an `ExportTraceServiceRequest`, in place; gives how many. */
export function maskTraces(body: Uint8Array, mask: MaskSecrets = maskSecrets): number {
  return mask(body, tracesRequest);
}

/** Masks the secrets in an `ExportLogsServiceRequest`, in place; gives how many. */
export function maskLogs(body: Uint8Array, mask: MaskSecrets = maskSecrets): number {
  return mask(body, logsRequest);
}
