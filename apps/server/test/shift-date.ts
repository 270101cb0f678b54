import { shiftDate } from '@baton/testing/shift-date';

// Loaded before the server: its clock is off for as long as it lives.
shiftDate(Number(process.env['TEST_CLOCK_OFF_BY_MS']));
