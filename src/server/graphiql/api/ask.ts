/** What the server answered; `status` 0 where it did not. */
export interface ApiAnswer {
  readonly status: number;
  /** Checked by whoever reads it. */
  readonly data: unknown;
  readonly errors: readonly ApiError[];
}

export interface ApiError {
  readonly message: string;
  readonly code: string | undefined;
}

export interface AskOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks the API for what the page itself needs to know. Never throws: the page works without it. */
export type Ask = (query: string, options?: AskOptions) => Promise<ApiAnswer>;

/** @param url of the API, e.g. `http://127.0.0.1:4000/graphql` */
export function createAsk(url: string): Ask {
  return async (query, { variables, headers } = {}) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      return readAnswer(response.status, await response.json());
    } catch {
      return { status: 0, data: undefined, errors: [] };
    }
  };
}

/** Reads the body of an answer to a GraphQL request. */
export function readAnswer(status: number, body: unknown): ApiAnswer {
  if (!isObject(body)) return { status, data: undefined, errors: [] };
  const errors = Array.isArray(body['errors']) ? body['errors'].flatMap(readError) : [];
  return { status, data: body['data'], errors };
}

function readError(error: unknown): ApiError[] {
  if (!isObject(error) || typeof error['message'] !== 'string') return [];
  const code = isObject(error['extensions']) ? error['extensions']['code'] : undefined;
  return [{ message: error['message'], code: typeof code === 'string' ? code : undefined }];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
