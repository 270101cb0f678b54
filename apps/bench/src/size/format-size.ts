import { cyclicElement } from '../cyclic-element.ts';
import { GOAL, type SizeReport, type SizeRow } from './size-bench.ts';
import { FIGURES, type StorageRow } from './storage.ts';

const MILLION = 1_000_000;

function rowCells({ call, base, one, many }: SizeRow): string[] {
  const ratios = [one, many].flatMap(({ medianMs, slowMs }) => [
    medianMs / base.medianMs,
    slowMs / base.slowMs,
  ]);
  return [
    call,
    base.medianMs.toFixed(2),
    base.slowMs.toFixed(2),
    ...ratios.map((ratio) => `${ratio.toFixed(2)} ×${ratio > GOAL ? ' !' : '  '}`),
  ];
}

const storageCells = ({ part, data, disk, index, cache }: StorageRow): string[] => [
  part,
  ...[data, disk, index, cache].map((bytes) => bytes.toFixed(0)),
];

function table(rows: readonly (readonly string[])[]): string {
  const widths = cyclicElement(rows, 0).map((_, column) =>
    Math.max(...rows.map((row) => cyclicElement(row, column).length)),
  );
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(cyclicElement(widths, 0)) : cell.padStart(cyclicElement(widths, column));
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;

/** What so many messages take, from what one takes. */
function sizingCells(count: number, total: StorageRow): string[] {
  const { data, disk, index } = total;
  return [
    `${count / MILLION} million`,
    gigabytes(disk * count),
    gigabytes(index * count),
    gigabytes((data + index) * count),
  ];
}

/** The ratios of each call, what a message takes, and what a store takes. */
export function formatSize({ messages, rows, storage, rssBytes }: SizeReport): string {
  const total: StorageRow = { part: 'a message, without figures', data: 0, disk: 0, index: 0, cache: 0 };
  const figures = { ...total };
  for (const row of storage) {
    const sum = row.part === FIGURES ? figures : total;
    for (const key of ['data', 'disk', 'index', 'cache'] as const) sum[key] += row[key];
  }
  const heads = ['', 'median ms', '99 % ms', 'one: median', '99 %  ', 'many: median', '99 %  '];
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    `Few messages, and the ratios of many in one tenant and in many; ! misses the goal of ${GOAL} ×`,
    table([heads, ...rows.map(rowCells)]),
    '',
    `This process: ${megabytes(rssBytes.before)} before the calls, ${megabytes(rssBytes.after)} after`,
    '',
    'Bytes a message',
    table([['', 'documents', 'on disk', 'indexes', 'cached'], ...[...storage, total].map(storageCells)]),
    '',
    table([
      ['messages', 'disk', 'indexes', 'memory for all of it'],
      ...[1, 10, 100].map((millions) => sizingCells(millions * MILLION, total)),
    ]),
    `and ${megabytes((figures.disk + figures.index) * messages)} of disk a year for the figures of a tenant that has messages every hour`,
    '',
  ].join('\n');
}
