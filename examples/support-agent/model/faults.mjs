/** The failures a script can ask for, in the words and with the headers of the real service. */

const presets = {
  400: { type: 'invalid_request_error', message: 'Invalid request.' },
  401: {
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message:
      'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.',
  },
  403: {
    type: 'invalid_request_error',
    code: 'unsupported_country_region_territory',
    message: 'Country, region, or territory not supported',
  },
  404: {
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: 'The model does not exist or you do not have access to it.',
  },
  429: {
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached for requests. Please try again later.',
    retryAfterSeconds: 1,
  },
  500: {
    type: 'server_error',
    message: 'The server had an error while processing your request. Sorry about that!',
  },
  503: { type: 'server_error', message: 'The server is overloaded. Please try again later.' },
  quota: {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  content_filter: {
    status: 400,
    type: 'invalid_request_error',
    code: 'content_filter',
    param: 'prompt',
    message:
      "The response was filtered due to the prompt triggering the service's content management policy. " +
      'Please modify your prompt and retry.',
  },
  context_length: {
    status: 400,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    param: 'messages',
    message:
      'Your input exceeds the context window of this model. Please adjust your input and try again.',
  },
};

/** Completes an error answer (a status, a preset's name or an object) to status, headers and body. */
export function faultOf(error) {
  const asked = typeof error === 'object' ? error : { preset: error };
  const name = asked.preset ?? asked.status ?? 500;
  const preset = presets[name] ?? presets[500];
  const { status, retryAfterSeconds, headers, ...fields } = {
    status: typeof name === 'number' ? name : 500,
    ...preset,
    ...asked,
  };
  const { type = 'server_error', code = null, param = null, message } = fields;
  return {
    status,
    headers: {
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': `${retryAfterSeconds}` }),
      ...headers,
    },
    body: { error: { message, type, param, code } },
  };
}
