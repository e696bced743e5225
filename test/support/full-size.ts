/** `TACIT_TEST_FULL=1` runs suites at their full size and prints what they measured. */
export const full = process.env['TACIT_TEST_FULL'] === '1';
