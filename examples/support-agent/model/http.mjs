/** The HTTP ends of the scripted model service. */
import { faultOf } from './faults.mjs';
import { RequestError } from './request.mjs';

const bodyLimit = 64 * 1024 * 1024;

/** The JSON object a request carries; throws a RequestError for anything else. */
export async function readBody(incoming) {
  const parts = [];
  let size = 0;
  for await (const part of incoming) {
    size += part.length;
    if (size > bodyLimit) throw new RequestError('The request body is too large.', { status: 413 });
    parts.push(part);
  }
  try {
    const body = JSON.parse(Buffer.concat(parts).toString('utf8'));
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  } catch {
    // Answered below: whatever is not a JSON object is refused in the same words.
  }
  throw new RequestError(
    'We could not parse the JSON body of your request. (The service expects a JSON object.)',
  );
}

const headers = {
  'openai-version': '2020-10-01',
  'openai-organization': 'scripted',
  'openai-processing-ms': '1',
  'x-ratelimit-limit-requests': '10000',
  'x-ratelimit-remaining-requests': '9999',
};

/** Opens a stream of server-sent events. */
export function startEvents(outgoing) {
  outgoing.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
}

/** Sends a value; `cut` breaks the connection at half of it. */
export function sendJson(outgoing, value, { status = 200, extra = {}, cut = false } = {}) {
  const text = JSON.stringify(value);
  const length = Buffer.byteLength(text);
  outgoing.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': length,
    ...extra,
  });
  if (cut) outgoing.write(text.slice(0, text.length / 2), () => outgoing.destroy());
  else outgoing.end(text);
}

/** Sends a failure as `faultOf` gives it. */
export function sendFault(outgoing, fault) {
  sendJson(outgoing, fault.body, { status: fault.status, extra: fault.headers });
}

/** A fault of the request or of the script; never retried by a client, which would hide it. */
export function sendError(outgoing, error) {
  if (outgoing.headersSent) return void outgoing.destroy();
  const known = error instanceof RequestError;
  const fault = faultOf({
    status: known ? error.status : 500,
    type: known ? error.type : 'server_error',
    code: error.code ?? null,
    param: error.param ?? null,
    message: known ? error.message : `The script failed: ${error}${whereOf(error)}`,
  });
  sendJson(outgoing, fault.body, {
    status: fault.status,
    extra: { 'x-should-retry': 'false' },
  });
}

function whereOf(error) {
  return /\n\s+(at .+)/.exec(error?.stack ?? '')?.[1].replace(/^/, ' ') ?? '';
}
