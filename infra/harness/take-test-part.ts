/** For tests in several processes: each has a database, a Redis database and a vhost of its own. */
const { BUN_TEST_WORKER_ID = "1", TEST_PARTS = "[]" } = process.env;
Object.assign(process.env, JSON.parse(TEST_PARTS)[Number(BUN_TEST_WORKER_ID) - 1]);
