import { errorCode, toError } from '../base/errors';
import type { Endpoint } from './endpoints';
import { fieldsOf, numberOf, textOf } from './fields';

/** What happened to a call, as far as it can be known. */
export interface Failure {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly error: unknown;
  /** Part of the answer had arrived. */
  readonly begun: boolean;
  /** Milliseconds of silence after which the call was given up, where it was. */
  readonly timeoutMs?: number;
}

/** A sentence about a failed call that says what to do. */
export function describeFailure(failure: Failure): string {
  const { endpoint, timeoutMs, error, begun } = failure;
  if (timeoutMs !== undefined) {
    const seconds = Math.round(timeoutMs / 1000);
    return `The endpoint '${endpoint.name}' sent nothing for ${seconds} s. Try again, or choose a faster model.`;
  }
  const { status, headers, code, type, said } = factsOf(error);
  const sentence =
    ofCode(failure, { code, type, said }) ?? ofStatus(failure, { status, headers, said });
  if (sentence !== undefined) return sentence;
  return (
    ofConnection(failure) ??
    (begun ? brokenOff(failure) : `The call of '${endpoint.name}' failed: ${said}`)
  );
}

interface Facts {
  readonly status?: number;
  readonly headers?: Headers;
  readonly code?: string;
  readonly type?: string;
  /** The words of the service. */
  readonly said: string;
}

function factsOf(error: unknown): Facts {
  const fields =
    typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const body = fieldsOf(fields.error);
  const inner = fieldsOf(body.error ?? body);
  const message =
    textOf(inner.message) ?? (error instanceof Error ? error.message : textOf(fields.message));
  return {
    status: numberOf(fields.status),
    headers: fields.headers instanceof Headers ? fields.headers : undefined,
    code: textOf(fields.code) ?? textOf(inner.code),
    type: textOf(fields.type) ?? textOf(inner.type),
    said: sentenceOf(message ?? toError(error).message),
  };
}

function sentenceOf(text: string): string {
  const short = text.length > 400 ? `${text.slice(0, 400)}…` : text;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

function ofCode(
  { endpoint, model }: Failure,
  { code, type, said }: Pick<Facts, 'code' | 'type' | 'said'>,
): string | undefined {
  const known = [code, type];
  if (known.includes('content_filter')) {
    return `The content filter of '${endpoint.name}' refused the request: ${said} Change the messages.`;
  }
  if (known.includes('context_length_exceeded')) {
    return `The messages are too long for ${model}: ${said} Shorten them, or choose a model with a larger context.`;
  }
  if (known.includes('insufficient_quota')) {
    return `The account of '${endpoint.name}' has no quota left: ${said} Look at its plan and billing.`;
  }
  return undefined;
}

function ofStatus(
  { endpoint, model }: Failure,
  { status, headers, said }: Pick<Facts, 'status' | 'headers' | 'said'>,
): string | undefined {
  const { name, url, key, keyHint } = endpoint;
  if (status === undefined) return undefined;
  switch (status) {
    case 401:
      return key === undefined
        ? `The endpoint '${name}' wants an API key. ${keyHint}`
        : `The endpoint '${name}' does not accept the API key: ${said} ${keyHint}`;
    case 403:
      return `The endpoint '${name}' does not allow this: ${said} Look at the rights of the API key.`;
    case 404:
    case 405:
      return `The endpoint '${name}' does not have ${model}, or nothing at ${url}: ${said} Choose another model, or correct the address.`;
    case 413:
      return `The request is too large for '${name}': ${said} Shorten the messages or leave out files.`;
    case 429:
      return `The endpoint '${name}' takes no more requests now: ${said} ${waitFor(headers)}`;
    default:
      return status >= 500
        ? `The endpoint '${name}' has trouble (${status}): ${said} Try again later.`
        : `The endpoint '${name}' refused the request (${status}): ${said} Change what it names.`;
  }
}

function waitFor(headers: Headers | undefined): string {
  const value = headers?.get('retry-after') ?? '';
  const seconds = /^\d+(?:\.\d+)?$/.test(value)
    ? Math.ceil(Number(value))
    : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return seconds > 0 ? `Try again in ${seconds} s.` : 'Try again in a while.';
}

function ofConnection({ endpoint, error, begun }: Failure): string | undefined {
  const code = codeBelow(error);
  const { name, url } = endpoint;
  if (code === 'ECONNREFUSED')
    return `Nothing answers at ${url}. Start the service of '${name}', or correct its address.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `The host of ${url} is not known. Look at the address of '${name}' and at your connection.`;
  }
  if (code !== undefined && /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) {
    return `The certificate of ${url} is not trusted (${code}). NODE_EXTRA_CA_CERTS names further ones.`;
  }
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT') {
    return `There was no connection to ${url} in time. Look at the address of '${name}' and at your connection.`;
  }
  if (begun) return undefined;
  return code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' || code === 'EPIPE'
    ? `The endpoint '${name}' closed the connection without an answer. Try again.`
    : undefined;
}

function brokenOff({ endpoint, error }: Failure): string {
  const { said } = factsOf(error);
  const reason = error === undefined ? '' : ` (${said.replace(/\.$/, '')})`;
  return `The answer of '${endpoint.name}' broke off${reason}. What had arrived is kept; try again.`;
}

/** The code of the deepest cause that has one. */
function codeBelow(error: unknown): string | undefined {
  let found: string | undefined;
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    found = errorCode(at) ?? found;
    if (at instanceof AggregateError) found = errorCode(at.errors[0]) ?? found;
  }
  return found;
}
