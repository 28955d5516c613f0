// Every ClickHouse setting that Keyhole's answers depend on, said out loud for each request: defaults moved between
// server versions 24 and 26 (async_insert, deduplication, best_effort dates) and profiles differ between installations.
// Knows nothing of tables.

export type RequestSettings = Readonly<Record<string, string | number>>;

/** Row ceiling of a block. One request must be one block: a block is what ClickHouse inserts atomically per partition. */
const maxBlockRows = 10_000_000;

/**
 * An insert is one synchronous request whose outcome is the HTTP status.
 * Deduplication by block is off on purpose: it covers identical retries only, and identity already makes them harmless.
 */
export const insertSettings: RequestSettings = {
  async_insert: 0,
  wait_for_async_insert: 1,
  wait_end_of_query: 1,
  insert_deduplicate: 0,
  deduplicate_insert: 'disable',
  insert_deduplication_token: '',
  deduplicate_blocks_in_dependent_materialized_views: 0,
  /** An inserted batch already resolves its own repeats, the larger version first. */
  optimize_on_insert: 1,
  /** A backlog may span years of months; a limit would refuse what Kafka has acknowledged. */
  max_partitions_per_insert_block: 0,
  max_insert_block_size: maxBlockRows,
  min_insert_block_size_rows: maxBlockRows,
  min_insert_block_size_bytes: 0,
  input_format_max_block_size_bytes: 0,
  /** Parsing in parallel cuts a request into blocks of 10 MB. */
  input_format_parallel_parsing: 0,
  max_insert_threads: 1,
  max_threads: 2,
  /** Epoch milliseconds or 'YYYY-MM-DD HH:MM:SS.mmm' in UTC; best_effort reads the same digits differently. */
  date_time_input_format: 'basic',
  date_time_overflow_behavior: 'throw',
  /** A null for a string column that cannot be null is a fault, not an empty string. (For numbers JSON's null reads as 0.) */
  input_format_null_as_default: 0,
  /** Named tuples come as objects or as arrays. */
  input_format_json_named_tuples_as_objects: 1,
  input_format_allow_errors_num: 0,
  input_format_allow_errors_ratio: 0,
  max_execution_time: 110,
};

/** What the shape of an answer depends on. 64-bit and wider integers as strings: a JSON number would lose digits. */
const answerSettings: RequestSettings = {
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 0,
  output_format_json_quote_denormals: 0,
  output_format_json_named_tuples_as_objects: 1,
  date_time_output_format: 'simple',
  join_use_nulls: 0,
  /** The answer is sent once it is whole, so that a failure in the middle is a status and not half an answer. */
  wait_end_of_query: 1,
  /** Until then it waits in memory, and only what is longer in a file. */
  http_response_buffer_size: 1_048_576,
  max_threads: 2,
};

/** FINAL reads one row per identity. Exact mode re-reads the granules of other parts that could hold a newer copy. */
const finalSettings: RequestSettings = {
  use_skip_indexes_if_final: 1,
  use_skip_indexes_if_final_exact_mode: 1,
};

export const querySettings: RequestSettings = { ...answerSettings, ...finalSettings, max_execution_time: 290 };

/** Statements that change something are done, on every part, when the request returns. */
export const commandSettings: RequestSettings = {
  ...querySettings,
  mutations_sync: 2,
  alter_sync: 2,
  lightweight_deletes_sync: 2,
  async_insert: 0,
  insert_deduplicate: 0,
  deduplicate_insert: 'disable',
  deduplicate_insert_select: 'disable',
  max_partitions_per_insert_block: 0,
  max_insert_threads: 1,
};

/**
 * A person asks: nothing may change (readonly = 2 still lets a SETTINGS clause through, but not that one itself), and
 * one question may not starve the scorers.
 */
export const analystSettings: RequestSettings = {
  ...querySettings,
  readonly: 2,
  allow_ddl: 0,
  max_execution_time: 280,
  max_memory_usage: 400_000_000,
  max_bytes_before_external_group_by: 150_000_000,
  max_bytes_before_external_sort: 150_000_000,
  priority: 10,
};
