import { MongoServerError } from 'mongodb';

export const DUPLICATE_KEY = 11_000;

export function isDuplicate(error: unknown): error is MongoServerError {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}
