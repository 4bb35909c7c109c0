import { FileError } from '../system-errors.ts';

/** How the hub is reached. */
export interface HubConnection {
  readonly hubUrl: string;
  /** For gated and private repositories. */
  readonly accessToken?: string;
  readonly fetch: typeof fetch;
}

/** The hub's message about the last failed request. */
export interface HubRefusal {
  readonly status: number;
  /** `RepoNotFound`, `GatedRepo` */
  readonly code: string;
}

/** How long a server may be silent, in milliseconds. */
const patience = 30_000;

/** The hub as the environment names it: `HF_ENDPOINT`, `HF_TOKEN`, `HF_HUB_OFFLINE`, as all its clients read them. */
export function connect(env: Readonly<Record<string, string | undefined>>) {
  let refusal: HubRefusal | undefined;
  const hubUrl = (env.HF_ENDPOINT || 'https://huggingface.co').replace(/(?<!\/)\/+$/, '');
  const isOffline = /^(1|true|yes|on)$/i.test(env.HF_HUB_OFFLINE ?? '');
  const connection: HubConnection = {
    hubUrl,
    ...(env.HF_TOKEN && { accessToken: env.HF_TOKEN }),
    fetch: async (input, init) => {
      const response = await withPatience(input, init);
      if (!response.ok) refusal = { status: response.status, code: response.headers.get('X-Error-Code') ?? '' };
      const isPart = /^bytes=[1-9]/.test(new Headers(init?.headers).get('Range') ?? '');
      // a server that does not know ranges sends the whole file
      if (isPart && response.status === 200) throw new Error(`${hubUrl} does not continue downloads`);
      return response;
    },
  };
  return { connection, isOffline, refused: () => refusal };
}

/** A request that ends when nothing comes for a while; a large file takes as long as it takes. */
async function withPatience(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): Promise<Response> {
  const controller = new AbortController();
  const silence = () => controller.abort(new Error(`the server has sent nothing for ${patience / 1000} seconds`));
  let timer = setTimeout(silence, patience);
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(silence, patience);
  };
  try {
    const response = await fetch(input, { ...init, signal: controller.signal });
    if (!response.body) return response;
    wait();
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, out) {
        wait();
        out.enqueue(chunk);
      },
      flush: () => clearTimeout(timer),
    });
    const { status, statusText, headers } = response;
    const copy = new Response(response.body.pipeThrough(heard), { status, statusText, headers });
    return Object.defineProperty(copy, 'url', { value: response.url });
  } catch (e) {
    clearTimeout(timer);
    throw e;
  }
}

/** Why the hub returned nothing, for users. @param shown what they requested */
export function hubProblem(shown: string, hubUrl: string, refusal: HubRefusal | undefined, e: unknown): FileError {
  const host = hubUrl.replace(/^https?:\/\//, '');
  const fail = (reason: string) => new FileError(`'${shown}' cannot be fetched: ${reason}`);
  if (!refusal) {
    const cause = (e as { cause?: { code?: string } }).cause?.code;
    const why = cause ?? (e instanceof Error ? e.message : String(e));
    return fail(
      `${host} cannot be reached (${why}), and it is not in the cache. If there is no network, give the path of a file`,
    );
  }
  const { status, code } = refusal;
  if (code === 'GatedRepo' || status === 403) {
    return fail(`it is gated: accept its terms on ${host}, and put an access token into HF_TOKEN`);
  }
  if (code === 'RevisionNotFound') return fail('it has no such revision');
  if (code === 'EntryNotFound') return fail('it has no such file');
  // the hub does not reveal private repositories
  if (status === 401 || code === 'RepoNotFound') {
    return fail(`there is no such repository on ${host}, or it is private and needs an access token in HF_TOKEN`);
  }
  if (status === 404) return fail(`${host} has no such repository or file`);
  if (status === 429) return fail(`${host} refuses this many requests (status 429): try again later`);
  return fail(`${host} answers with status ${status}: try again later`);
}
