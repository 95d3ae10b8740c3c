import { UserError } from '../base/errors';

/**
 * Where models are. Files of a workspace name `endpoint/model`, never an address or a key: those
 * come from the environment on the command line, and from the user's settings in the editor.
 */
export interface Endpoint {
  readonly name: string;
  /** The base address of an OpenAI-compatible service, usually ending in `/v1`. */
  readonly url: string;
  /** Absent for services that want none. */
  readonly key?: string;
  /** What to do about a missing or wrong key, a sentence. */
  readonly keyHint: string;
}

/** Finds an endpoint by its name; rejects with a `UserError` that says how to define it. */
export type ResolveEndpoint = (name: string) => Promise<Endpoint>;

export interface ModelName {
  readonly endpoint: string;
  /** May hold further slashes, as models of some services do. */
  readonly model: string;
}

export const defaultEndpoint = 'openai';

const openaiUrl = 'https://api.openai.com/v1';

/** `endpoint/model`; a model alone is one of the endpoint `openai`. Throws a `UserError` for neither. */
export function parseModelName(text: string): ModelName {
  const [, endpoint, model] = /^(?:([^/\s]+)\/)?(\S(?:.*\S)?)$/s.exec(text.trim()) ?? [];
  if (model === undefined || /^\/|\/$/.test(text.trim())) {
    throw new UserError(
      `'${text}' names no model: write endpoint/model, such as openai/gpt-5-mini.`,
    );
  }
  return { endpoint: endpoint ?? defaultEndpoint, model };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Endpoints as the command line knows them: `GLASSBOX_MODEL_<NAME>_URL` and `_KEY`. */
export function endpointsOf(env: Environment): ResolveEndpoint {
  return async (name) => {
    const variable = variableOf(name);
    const isOpenai = name === defaultEndpoint;
    const url =
      given(env[`${variable}_URL`]) ??
      (isOpenai ? (given(env.OPENAI_BASE_URL) ?? openaiUrl) : undefined);
    if (url === undefined) {
      throw new UserError(
        `there is no endpoint '${name}': set ${variable}_URL to the address of an OpenAI-compatible service (and ${variable}_KEY to its key).`,
      );
    }
    if (!/^https?:\/\/[^/]/.test(url)) {
      throw new UserError(`${variable}_URL is no address of a service: '${url}'.`);
    }
    const key = given(env[`${variable}_KEY`]) ?? (isOpenai ? given(env.OPENAI_API_KEY) : undefined);
    const keyHint = isOpenai ? `Set OPENAI_API_KEY or ${variable}_KEY.` : `Set ${variable}_KEY.`;
    return { name, url, key, keyHint };
  };
}

/** The beginning of the variables of an endpoint: letters and digits, the rest underscores. */
function variableOf(name: string): string {
  return `GLASSBOX_MODEL_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

/** What is set to nothing is not set. */
function given(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}
