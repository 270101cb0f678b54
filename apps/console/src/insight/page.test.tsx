import {
  type ListObjections,
  type MetricsConversations,
  type MetricsPeriod,
  type MetricsOverview,
} from '@baton/schema';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import type { z } from 'zod';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { conversation } from '../../test/conversation-factory.ts';
import { renderConsole } from '../../test/render-console.tsx';

import { CONVERSATION, insightAnswers, overview } from '../../test/insight-answers.ts';

/** The chart that a figure shows, once it is there. */
const figure = async (name: string) => within(await screen.findByRole('region', { name }));
const plain = (text: string | null) => text?.replaceAll('\u00A0', ' ');

beforeAll(() => {
  // A chart asks how much room it has; jsdom gives it none.
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 600, 300));
  globalThis.ResizeObserver = class {
    readonly #report: ResizeObserverCallback;
    constructor(report: ResizeObserverCallback) {
      this.#report = report;
    }
    observe(target: Element): void {
      const contentRect = new DOMRect(0, 0, 600, 300);
      this.#report(
        [{ target, contentRect, borderBoxSize: [], contentBoxSize: [], devicePixelContentBoxSize: [] }],
        this,
      );
    }
    unobserve(): void {}
    disconnect(): void {}
  };
});
afterEach(cleanup);

describe('the place Insight', () => {
  it('says in a sentence what each chart shows', async () => {
    renderConsole('/insight', insightAnswers());
    const sentences = await Promise.all(
      ['Funnel', 'Time in stage', 'Response times', 'Objections', 'Agents', 'Cost'].map(async (name) => {
        const text = await (await figure(name)).findByText(/\.$/, { selector: '.text-title' });
        return plain(text.textContent);
      }),
    );
    expect(sentences).toEqual([
      'Of 49 that reached qualified, 41 % closed.',
      'Conversations stay longest in closing: half of 27 stays took more than 10 h.',
      'Half of 10 answers came within 3 min, nine in ten within 4 h.',
      '3 objections came up, most often about price; 67 % resolved, in 1 h on average.',
      'Closer wrote most, 46 messages, and won most, 14 deals.',
      '$0.66 for 594.7K tokens, $0.0073 for each conversation begun and $0.0330 for each deal won.',
    ]);
  });

  it('labels the bars themselves', async () => {
    renderConsole('/insight', insightAnswers());
    const chart = await (await figure('Funnel')).findByRole('img');
    await waitFor(() => expect(plain(chart.textContent)).toContain('49 · 82 % of qualification'));
    const answers = await (await figure('Response times')).findByRole('img');
    await waitFor(() => expect(plain(answers.textContent)).toContain('40 %'));
  });

  it('has a table behind the same tab stop as each chart', async () => {
    const { user } = renderConsole('/insight', insightAnswers());
    const funnel = await figure('Funnel');
    const [chart, table] = funnel.getAllByRole('tab');
    chart?.focus();
    await user.keyboard('{ArrowRight}');
    expect(document.activeElement).toBe(table);
    const rows = await funnel.findAllByRole('row');
    expect(plain(rows[3]?.textContent ?? '')).toMatch(
      /^Qualified49, open .*82 % \(49 of 60\).*80, open .*7, open/,
    );
    await user.keyboard('{Tab}');
    expect(document.activeElement?.textContent).toBe('Stage');
  });

  it('opens the conversations behind a figure, with what each adds to it', async () => {
    const asked = vi.fn(({ cursor }: z.input<typeof MetricsConversations>) => ({
      items: [{ conversation: conversation(cursor ?? 'ann@example.com'), amount: 2 }],
      nextCursor: cursor === undefined ? 'bob@example.com' : null,
    }));
    const { user, address } = renderConsole(
      '/insight?range=all&channel=web',
      insightAnswers({ conversations: asked }),
    );
    const agents = await figure('Agents');
    await user.click(await agents.findByRole('link', { name: /^46, open/ }));
    expect(asked).toHaveBeenCalledWith({
      channel: 'web',
      behind: { figure: 'messages', author: 'agent', agentId: 'closer' },
      limit: 100,
    });
    const dialog = within(await screen.findByRole('dialog', { name: 'Messages of Closer' }));
    expect((await dialog.findByRole('link')).textContent).toMatch(/^ann@example.com.*2 messages$/);
    expect(dialog.getByText('The newest 1 conversation')).toBeDefined();
    await user.click(dialog.getByRole('button', { name: 'Show 100 more' }));
    expect(await dialog.findByText('2 conversations, 4 messages')).toBeDefined();
    await user.click(dialog.getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(address()).toBe('/insight?range=all&channel=web'));
  });

  it('leads from each total to its conversations', async () => {
    const { user } = renderConsole('/insight', insightAnswers());
    for (const [name, title] of [
      ['Waiting: 48', 'Waiting for an answer'],
      ['55 still active', 'Begun, and active now'],
      ['Median answer: 3 min', 'Answered'],
      ['Deals lost: 15', 'Deals lost'],
    ] as const) {
      const link = await screen.findByText((_, element) => {
        const words = element?.getAttribute('aria-label') ?? element?.textContent ?? '';
        return element?.tagName === 'A' && words.startsWith(`${name}, open`);
      });
      await user.click(link);
      expect(await screen.findByRole('dialog', { name: title })).toBeDefined();
      await user.keyboard('{Escape}');
    }
  });

  it('leads from each bar to its conversations', async () => {
    const { user, container } = renderConsole('/insight?range=all', insightAnswers());
    for (const [name, index, title] of [
      ['Funnel', 2, 'Begun, and reached qualified'],
      ['Time in stage', 0, 'Left closing'],
      ['Response times', 1, 'Answered after more than 10 s'],
      ['Cost', 0, 'Cost of Closer'],
    ] as const) {
      const bar = () => {
        const shown = [...container.querySelectorAll('section')].find((section) =>
          section.textContent.startsWith(name),
        );
        return shown?.querySelectorAll('.recharts-bar-rectangle :is(path, rect)')[index];
      };
      await waitFor(() => expect(bar()).toBeDefined());
      await user.click(bar() ?? document.body);
      expect(await screen.findByRole('dialog', { name: title })).toBeDefined();
      await user.keyboard('{Escape}');
    }
  });

  it('leads from where conversations are now to the inbox', async () => {
    const { user } = renderConsole('/insight?range=all&channel=web', insightAnswers());
    const funnel = await figure('Funnel');
    await user.click(await funnel.findByRole('tab', { name: 'Table' }));
    const link = await funnel.findByRole('link', { name: /those in Qualified now/ });
    expect(link.getAttribute('href')).toBe('/inbox?status=any&stage=qualified&channel=web');
  });

  it('asks for the period and the channel of the address, and changes them there', async () => {
    const asked = vi.fn<(input: MetricsPeriod) => MetricsOverview>(() => overview);
    const { user, address } = renderConsole('/insight', insightAnswers({ overview: asked }));
    await screen.findByText('674');
    const [first] = asked.mock.calls[0] ?? [];
    expect(first?.from).toMatch(/Z$/);
    expect(first?.to).toBeUndefined();
    await user.click(screen.getByRole('combobox', { name: /^Channel/ }));
    await user.click(await screen.findByRole('option', { name: 'WhatsApp' }));
    await waitFor(() => expect(address()).toBe('/insight?channel=whatsapp'));
    await waitFor(() =>
      expect(asked).toHaveBeenLastCalledWith(expect.objectContaining({ channel: 'whatsapp' })),
    );
    await user.click(screen.getByRole('combobox', { name: /^Period/ }));
    await user.click(await screen.findByRole('option', { name: 'All' }));
    await waitFor(() => expect(address()).toBe('/insight?channel=whatsapp&range=all'));
    expect(await screen.findByText('All time')).toBeDefined();
  });

  it('takes any first and last day', async () => {
    const { user, address } = renderConsole('/insight?range=7d', insightAnswers());
    await user.click(await screen.findByRole('combobox', { name: /^Period/ }));
    await user.click(await screen.findByRole('option', { name: 'From … to …' }));
    const first = await screen.findByLabelText('First day');
    await user.clear(first);
    await user.type(first, '2026-01-15');
    await waitFor(() => expect(address()).toContain('from=2026-01-15'));
    const last = screen.getByLabelText('Last day');
    await user.clear(last);
    await user.type(last, '2026-01-31');
    await waitFor(() => expect(address()).toContain('to=2026-01-31'));
    expect(await screen.findByText('15 Jan 2026 to 31 Jan 2026, 17 days')).toBeDefined();
  });

  it('opens the objections behind a figure, each leading to its conversation', async () => {
    const { user, address } = renderConsole('/insight', insightAnswers());
    const objections = await figure('Objections');
    await user.click(await objections.findByRole('tab', { name: 'Table' }));
    await user.click(await objections.findByRole('button', { name: '3, open those about Price' }));
    expect(address()).toBe('/insight?objection=price');
    const dialog = within(await screen.findByRole('dialog', { name: 'Objections about price' }));
    const link = await dialog.findByRole('link');
    expect(link.textContent).toMatch(/^It is a bit much for usOpenHigh severity/);
    expect(link.getAttribute('href')).toMatch(new RegExp(`^/inbox/${CONVERSATION}`));
    await user.click(dialog.getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(address()).toBe('/insight'));
  });

  it('asks for the objections of the period and the channel alone, and for older ones when told to', async () => {
    const list = vi.fn(({ cursor }: z.input<typeof ListObjections>) => ({
      items: [],
      nextCursor: cursor === undefined ? 'more' : null,
    }));
    const { user } = renderConsole(
      '/insight?objection=price&channel=sms&range=custom&from=2026-01-01&to=2026-01-31',
      insightAnswers({}, { list }),
    );
    await user.click(await screen.findByRole('button', { name: 'Show older ones' }));
    await screen.findByText('0 objections');
    const [asked] = list.mock.calls[0] ?? [];
    expect(asked).toMatchObject({ type: 'price', channel: 'sms' });
    expect(asked?.from).toMatch(/^2025-12-31|^2026-01-01/);
    expect(asked?.to).toMatch(/^2026-01-31|^2026-02-01/);
  });

  it('sorts agents by any column', async () => {
    const { user } = renderConsole('/insight', insightAnswers());
    const agents = await figure('Agents');
    const names = () => agents.getAllByRole('rowheader').map((cell) => cell.textContent);
    await agents.findAllByText('Closer');
    await waitFor(() => expect(names()).toEqual(['CloserAI', 'Ana RuizPerson']));
    await user.click(agents.getByRole('button', { name: 'Agent' }));
    expect(names()).toEqual(['Ana RuizPerson', 'CloserAI']);
    await user.click(agents.getByRole('button', { name: 'Mean response' }));
    expect(names()).toEqual(['CloserAI', 'Ana RuizPerson']);
    await user.click(agents.getByRole('button', { name: 'Mean response' }));
    // Who has none stays last, whichever way it is sorted.
    expect(names()).toEqual(['CloserAI', 'Ana RuizPerson']);
  });

  it('shows every table', async () => {
    const { user } = renderConsole('/insight', insightAnswers());
    for (const [name, cell] of [
      ['Time in stage', '10 h'],
      ['Response times', '3 min'],
      ['Cost', '500'],
    ] as const) {
      const shown = await figure(name);
      await user.click(await shown.findByRole('tab', { name: 'Table' }));
      expect(await shown.findByText(cell)).toBeDefined();
    }
  });

  it('says what will be here where nothing happened, and offers all time', async () => {
    const { user, address } = renderConsole(
      '/insight?range=7d',
      insightAnswers({ overview: () => ({ ...overview, conversations: 0, messages: 0 }) }),
    );
    await screen.findByText('Nothing happened in this period.');
    await user.click(screen.getByRole('button', { name: 'Show all time' }));
    await waitFor(() => expect(address()).toBe('/insight?range=all'));
  });

  it('says what could not be read, and reads it again', async () => {
    let isDown = true;
    const agents = () => {
      if (isDown) throw new Error('The aggregation took too long');
      return { agents: [] };
    };
    const { user } = renderConsole('/insight', insightAnswers({ agents }));
    expect(await screen.findByText('The aggregation took too long.')).toBeDefined();
    isDown = false;
    await user.click(screen.getByRole('button', { name: 'Read again' }));
    expect(await screen.findByText('No agent wrote in this period.')).toBeDefined();
  });
});

describe('Insight without a period in its address', () => {
  const nothing = { ...overview, conversations: 0, messages: 0 };

  it('opens on the shortest period in which something happened', async () => {
    const asked = vi.fn(({ from }: MetricsPeriod) =>
      from !== undefined && Date.parse(from) > Date.now() - 100 * 86_400_000 ? nothing : overview,
    );
    const { address } = renderConsole('/insight', insightAnswers({ overview: asked }));
    await (await figure('Funnel')).findByRole('img');
    expect(await screen.findByRole('combobox', { name: 'Period: A year' })).toBeDefined();
    expect(asked).toHaveBeenCalledTimes(3);
    expect(address()).toBe('/insight');
  });

  it('says so where nothing ever happened, and leaves a period that was asked for', async () => {
    renderConsole('/insight', insightAnswers({ overview: () => nothing }));
    expect(await screen.findByText('Nothing has happened yet.')).toBeDefined();
    expect(await screen.findByRole('combobox', { name: 'Period: All' })).toBeDefined();
    expect(screen.queryByRole('button', { name: 'Show all time' })).toBeNull();
    cleanup();
    renderConsole('/insight?range=7d', insightAnswers({ overview: () => nothing }));
    expect(await screen.findByText('Nothing happened in this period.')).toBeDefined();
    expect(await screen.findByRole('combobox', { name: 'Period: 7 days' })).toBeDefined();
  });
});
