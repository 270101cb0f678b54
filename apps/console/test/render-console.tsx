import { type AppRouter, createApi } from '@baton/client';
import { Agent, commandInputs, type Entry, type ErrorCode, type Role } from '@baton/schema';
import { QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { configure, render } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { BatonProvider } from '../src/baton-provider.tsx';
import { createConsoleRouter } from '../src/router.tsx';

// Pages are loaded lazily, which takes long on a busy machine.
configure({ asyncUtilTimeout: 8_000 });

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

/** Answers by procedure; any other procedure fails. */
export type Answers = {
  [Area in keyof Outputs]?: {
    [Name in keyof Outputs[Area]]?: Area extends keyof Inputs
      ? Name extends keyof Inputs[Area]
        ? (input: Inputs[Area][Name]) => Outputs[Area][Name] | Promise<Outputs[Area][Name]>
        : never
      : never;
  };
};

/** Thrown by an answer to refuse the call. */
export class RefusedError extends Error {
  override readonly name = 'Refused';
  readonly code: ErrorCode;
  readonly details: object | undefined;
  constructor(code: ErrorCode, message: string, details?: object) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

const AT = '2026-11-01T00:00:00.000Z';

export function agent(over: Partial<Record<keyof Agent, unknown>> = {}): Agent {
  return Agent.parse({
    id: 'ana',
    kind: 'human',
    name: 'Ana Ruiz',
    roles: [],
    capacity: null,
    availability: 'available',
    members: [],
    createdAt: AT,
    updatedAt: AT,
    ...over,
  });
}

export const ANA = agent();
export const BEN = agent({ id: 'ben', name: 'Ben Okafor' });
export const CLOSER = agent({ id: 'closer', kind: 'ai', name: 'Closer' });
export const NIGHT_TEAM = agent({
  id: 'night_team',
  kind: 'queue',
  name: 'Night team',
  members: ['ana', 'ben'],
});

const OF_MANAGERS = ['agents.register', 'messages.redact', 'session.createLink', 'tenant.update'];
const OF_WORKERS = [
  ...Object.keys(commandInputs).filter((path) => !OF_MANAGERS.includes(path)),
  'agents.update',
  'followUps.claim',
];

/** Who is at the browser, with what the server lets such a role do of what the console does. */
export function sessionOf(role: Role, person: Agent | null = ANA): Outputs['session']['get'] {
  const isManager = role === 'manager' || role === 'admin';
  const may = role === 'viewer' ? [] : [...OF_WORKERS, ...(isManager ? OF_MANAGERS : [])];
  return { tenantId: 'default', role, may, rights: [], agent: person };
}

const DEFAULT_ANSWERS: Answers = {
  session: { get: () => sessionOf('manager') },
  agents: {
    list: () => ({ items: [ANA, BEN, CLOSER, NIGHT_TEAM], nextCursor: null }),
    workload: () => [],
  },
};

async function answer(answers: Answers, path: string, input: unknown): Promise<unknown> {
  const [area = '', name = ''] = path.split('.');
  // The path comes from the typed client, but is plain text here.
  const find = (from: Answers) =>
    (from as Record<string, Record<string, (input: unknown) => unknown>>)[area]?.[name];
  const procedure = find(answers) ?? find(DEFAULT_ANSWERS);
  try {
    if (procedure === undefined) throw new RefusedError('INTERNAL', `${path} is not answered`);
    return { result: { data: await procedure(input) } };
  } catch (error) {
    const { code, details } = error instanceof RefusedError ? error : new RefusedError('INTERNAL', '');
    const baton = { code, details };
    const message = error instanceof Error ? error.message : String(error);
    return {
      error: { message, code: -32_000, data: { code: 'CONFLICT', httpStatus: 409, path, baton } },
    };
  }
}

/** A fetch with the given answers and a feed that tests push to. */
function stubServer(answers: Answers) {
  const encoder = new TextEncoder();
  let feed: ReadableStreamDefaultController<Uint8Array> | null = null;
  let last = 0;
  const stub: typeof fetch = async (target, init) => {
    const url = new URL(target instanceof Request ? target.url : target);
    const paths = decodeURIComponent(url.pathname.replace('/trpc/', '')).split(',');
    if (paths[0] === 'feed.tenant') {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          feed = controller;
          controller.enqueue(encoder.encode('event: connected\ndata: {}\n\n'));
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    }
    const text = typeof init?.body === 'string' ? init.body : (url.searchParams.get('input') ?? '{}');
    const inputs = JSON.parse(text) as Record<string, unknown>;
    const [first = ''] = paths;
    if (url.searchParams.get('batch') !== '1') return Response.json(await answer(answers, first, inputs));
    const bodies = await Promise.all(paths.map((path, index) => answer(answers, path, inputs[index])));
    return Response.json(bodies);
  };
  const pushEntry = (entry: Entry) => {
    last += 1;
    feed?.enqueue(encoder.encode(`data: ${JSON.stringify(entry)}\nid: ${last}\n\n`));
  };
  /** Ends the feed, which then connects again. */
  const dropFeed = () => feed?.close();
  return { stub, say: pushEntry, dropFeed };
}

/** APIs that jsdom lacks. */
function polyfillBrowser(): void {
  const missing: Record<string, unknown> = {
    scrollIntoView: () => undefined,
    hasPointerCapture: () => false,
    setPointerCapture: () => undefined,
    releasePointerCapture: () => undefined,
  };
  for (const [name, value] of Object.entries(missing)) {
    if (!(name in Element.prototype))
      Object.defineProperty(Element.prototype, name, { value, configurable: true });
  }
  globalThis.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
}

/** Renders the console at an address as Ana Ruiz, with a stubbed server. */
export function renderConsole(address: string, answers: Answers) {
  polyfillBrowser();
  history.replaceState(null, '', address);
  const { stub, say, dropFeed } = stubServer(answers);
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 30_000 } } });
  const router = createConsoleRouter();
  const shown = render(
    <BatonProvider
      api={createApi({ url: location.origin, fetch: stub, attempts: 1 })}
      queryClient={queryClient}
    >
      <RouterProvider router={router} />
    </BatonProvider>,
  );
  return {
    ...shown,
    user: userEvent.setup(),
    say,
    dropFeed,
    address: () => location.pathname + location.search,
  };
}
