import { expect, test } from 'vitest';
import { withDatabaseName } from './database-name.ts';

test('the database is another, the hosts and options stay', () => {
  expect(withDatabaseName('mongodb://a:1,b:2/?replicaSet=rs', 'bench')).toBe(
    'mongodb://a:1,b:2/bench?replicaSet=rs',
  );
  expect(withDatabaseName('mongodb://a:1/baton?replicaSet=rs', 'bench')).toBe(
    'mongodb://a:1/bench?replicaSet=rs',
  );
  expect(withDatabaseName('mongodb://a:1', 'bench')).toBe('mongodb://a:1/bench?');
});

test('a user stays known by the database that knew them', () => {
  expect(withDatabaseName('mongodb://u:p@a:1/baton', 'bench')).toBe(
    'mongodb://u:p@a:1/bench?authSource=baton',
  );
  expect(withDatabaseName('mongodb://u:p@a:1/', 'bench')).toBe('mongodb://u:p@a:1/bench?authSource=admin');
  expect(withDatabaseName('mongodb://u:p@a:1/x?authSource=y', 'bench')).toBe(
    'mongodb://u:p@a:1/bench?authSource=y',
  );
});

test('what is no connection string is left for the driver to refuse', () => {
  expect(withDatabaseName('a:1', 'bench')).toBe('a:1/bench?');
});
