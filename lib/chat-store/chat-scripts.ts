import { chatEpochSize } from "#lib/chat/chat-seq.ts";

/**
 * The scripts of a chat job: its state, log and text and the live stream change together or not at all. Seqs only
 * rise, the first writer of a seq wins, and an epoch that has ended takes nothing more, as of a scan
 * (`lib/scan-store/emit-events.ts`).
 *
 * Only one delivery writes: `BEGIN` gives it the job under a name of its own (`run`), and every later step of another
 * name is refused. A run is void when its process is dead, or has held the job for longer than a task may take.
 */

const EPOCHS = `
local epochSize, endSeq = ${chatEpochSize}, tonumber(ARGV[1])
local function epochOf(seq) return math.floor(seq / epochSize) end
local function isOver(seq) return seq >= 0 and seq % epochSize >= endSeq end
`;

/**
 * The jobs in flight are counted as those of scans are (`lib/scan-store/queue-scan.ts`).
 *
 * KEYS 1 state · 2 replay · 3 stream · 4 cancel · 5 jobs in flight
 * ARGV 1 end seq · 2 job · 3 user · 4 seq · 5 log entry · 6 frame · 7 ttl s · 8 stream maxlen · 9 now ms ·
 *      10 ttl s in flight · 11 jobs in flight at most, 0 for no limit
 * Returns -1 when there are too many; else whether a message of the job may be on its way already, then the id of the
 * stream's entry.
 */
export const QUEUE = `#!lua
redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', ARGV[9])
local max = tonumber(ARGV[11])
if max > 0 and redis.call('EXISTS', KEYS[2]) == 0 and redis.call('ZCARD', KEYS[5]) >= max then return {-1} end
local retracted = redis.call('GET', KEYS[4]) == 'retracted'
if retracted then redis.call('DEL', KEYS[4]) end
if redis.call('HSETNX', KEYS[2], ARGV[4], ARGV[5]) == 0 then return {1} end
redis.call('HSET', KEYS[1], 'user_id', ARGV[3], 'seq', ARGV[4], 'epoch', 0, 'segment', 0, 'bytes', 0)
redis.call('EXPIRE', KEYS[1], ARGV[7])
redis.call('EXPIRE', KEYS[2], ARGV[7])
redis.call('ZADD', KEYS[5], ARGV[9] + ARGV[10] * 1000, ARGV[2])
redis.call('EXPIRE', KEYS[5], ARGV[10])
local id = redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[8], '*', ARGV[2], ARGV[6])
return {retracted and 1 or 0, id}
`;

/**
 * KEYS 1 state · 2 replay · 3 stream · 4 cancel · 5 jobs in flight
 * ARGV 1 ttl s of the mark, 0 for none · 2 the entry's id or '' · 3 the job
 * Returns 1 when the job has begun.
 */
export const RETRACT = `#!lua
if redis.call('HEXISTS', KEYS[1], 'run') == 1 or redis.call('HLEN', KEYS[2]) > 1 then return 1 end
if ARGV[1] ~= '0' then redis.call('SET', KEYS[4], 'retracted', 'EX', ARGV[1]) end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('ZREM', KEYS[5], ARGV[3])
if ARGV[2] ~= '' then redis.call('XDEL', KEYS[3], ARGV[2]) end
return 0
`;

/**
 * KEYS 1 state · 2 replay · 3 text · 4 checkpoints · 5 cancel
 * ARGV 1 end seq · 2 user · 3 epoch · 4 run · 5 prefix of the keys of living processes · 6 now ms · 7 longest run ms ·
 *      8 ttl s · 9 segment of a job that is not known
 * Returns a word; behind 'begun' segment, text and the checkpoints, behind 'sealed' how it ends and with what.
 */
export const BEGIN = `#!lua
${EPOCHS}
local epoch = tonumber(ARGV[3])
local word = redis.call('GET', KEYS[5])
if word == 'retracted' then return {'over'} end
local state = redis.call('HMGET', KEYS[1], 'seq', 'epoch', 'run', 'until', 'sealed', 'outcome', 'segment')
local head = tonumber(state[1] or '-1')
if head >= 0 and (epochOf(head) > epoch or (epochOf(head) == epoch and isOver(head))) then return {'over'} end
local holder = state[3] and string.match(state[3], '^[^/]*')
if holder and tonumber(state[4]) > tonumber(ARGV[6]) and redis.call('EXISTS', ARGV[5] .. holder) == 1 then
  return {'busy'}
end
local isNewer = state[2] and tonumber(state[2]) < epoch
if state[5] and not isNewer then return {'sealed', state[5], state[6]} end
if word == 'cancelled' then return {'cancelled'} end
local segment = state[7] or ARGV[9]
if isNewer or not state[2] then
  redis.call('DEL', KEYS[3])
  redis.call('HDEL', KEYS[1], 'sealed', 'outcome', 'ask', 'ask_type', 'ask_until')
  if isNewer then segment = '0' end
  redis.call('HSET', KEYS[1], 'user_id', ARGV[2], 'epoch', epoch, 'segment', segment, 'bytes', 0, 'seq', head)
end
redis.call('HSET', KEYS[1], 'run', ARGV[4], 'until', ARGV[6] + ARGV[7])
for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[8]) end
return {'begun', segment, redis.call('GET', KEYS[3]) or '', unpack(redis.call('HGETALL', KEYS[4]))}
`;

/**
 * KEYS 1 state · 2 replay · 3 stream · 4 checkpoints · 5 jobs in flight
 * ARGV 1 end seq · 2 job · 3 run, '' for whoever ends it · 4 ttl s · 5 stream maxlen · 6 checkpoint's stage or '' ·
 *      7 its value · 8 its ttl s · 9 user · 10 0 for a step, else 'failed' or 'for good' for an end: a redrive of a
 *      failed job must not pay again for its checkpoints ·
 *      11… each event's seq, log entry, frame
 * Returns 'lost' for a run that has the job no more.
 */
export const EMIT = `#!lua
${EPOCHS}
if ARGV[3] ~= '' and redis.call('HGET', KEYS[1], 'run') ~= ARGV[3] then return 'lost' end
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[4], ARGV[6], ARGV[7])
  redis.call('EXPIRE', KEYS[4], ARGV[8])
end
local head = tonumber(redis.call('HGET', KEYS[1], 'seq') or '-1')
local frames, latest = '', nil
for at = 11, #ARGV, 3 do
  local seq = tonumber(ARGV[at])
  if seq > head and not (isOver(head) and epochOf(head) == epochOf(seq)) then
    redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1])
    frames = frames .. ARGV[at + 2]
    head, latest = seq, ARGV[at]
  end
end
if latest then
  redis.call('HSET', KEYS[1], 'user_id', ARGV[9], 'seq', latest)
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[5], '*', ARGV[2], frames)
end
if ARGV[10] ~= '0' then
  redis.call('HDEL', KEYS[1], 'run', 'until', 'ask', 'ask_type', 'ask_until')
  redis.call('ZREM', KEYS[5], ARGV[2])
end
if ARGV[10] == 'for good' then redis.call('DEL', KEYS[4]) end
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return latest and 'new' or 'known'
`;

/**
 * Text of many jobs at once: what a worker has got within 50 ms is one step and one entry of the stream. A step that
 * is sent again after a lost connection finds its text there.
 *
 * KEYS 1 stream · then of each job: state, text
 * ARGV 1 stream maxlen · 2 ttl s · then of each job: job, run, 1 where it begins a segment, segment, bytes before,
 *      bytes after, seq, text, frames
 * Returns 1 for each job, or 0 for one that the run has no more.
 */
export const APPEND = `#!lua
local reply, entry = {}, {}
for i = 1, (#KEYS - 1) / 2 do
  local state, key, at = KEYS[2 * i], KEYS[2 * i + 1], 9 * i - 6
  local job, run, begins, segment, before, after, seq, text, frames = unpack(ARGV, at, at + 8)
  local held = redis.call('HMGET', state, 'run', 'sealed', 'segment', 'bytes')
  local isThere = held[3] == segment and held[4] == after
  local fits = begins == '1' or (held[3] == segment and held[4] == before)
  reply[i] = 0
  if held[1] == run and not held[2] and (isThere or fits) then
    reply[i] = 1
    if not isThere then
      if begins == '1' then
        redis.call('SET', key, text, 'EX', ARGV[2])
      else
        redis.call('APPEND', key, text)
        if before == '0' then redis.call('EXPIRE', key, ARGV[2]) end
      end
      redis.call('HSET', state, 'segment', segment, 'bytes', after, 'seq', seq)
      entry[#entry + 1] = job
      entry[#entry + 1] = frames
    end
  end
end
if #entry > 0 then redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', unpack(entry)) end
return reply
`;

/**
 * From here on the text is what it is: the first word about how a job ends stands.
 *
 * KEYS 1 state · 2 text · ARGV 1 run, '' for a cancel or a dead letter · 2 how it ends · 3 outcome · 4 epoch
 * Returns how it ends, with what, and its text; 'lost' for a run that has the job no more; 'gone' for an unknown job.
 */
export const SEAL = `#!lua
local state = redis.call('HMGET', KEYS[1], 'run', 'sealed', 'outcome', 'epoch')
if state[4] and tonumber(state[4]) > tonumber(ARGV[4]) then return {'lost'} end
if ARGV[1] ~= '' and state[1] ~= ARGV[1] then return {'lost'} end
if not state[4] then return {'gone'} end
if not state[2] then
  redis.call('HSET', KEYS[1], 'sealed', ARGV[2], 'outcome', ARGV[3])
  state[2], state[3] = ARGV[2], ARGV[3]
end
return {state[2], state[3] or '', redis.call('GET', KEYS[2]) or ''}
`;

/**
 * One step, as of a scan. KEYS 1 cancel · 2 state · ARGV 1 job · 2 ttl s · 3 channel · 4 end seq
 * Returns 0 when the answer is complete, or has ended.
 */
export const CANCEL = `#!lua
local state = redis.call('HMGET', KEYS[2], 'seq', 'sealed')
if not state[1] or tonumber(state[1]) % ${chatEpochSize} >= tonumber(ARGV[4]) then return 0 end
if state[2] and state[2] ~= 'cancelled' then return 0 end
redis.call('SET', KEYS[1], 'cancelled', 'EX', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[1])
return 1
`;

/**
 * Asks once a job and type: a later look, also of another delivery, waits for what is left of the time.
 *
 * KEYS 1 state · 2 stream · ARGV 1 job · 2 run · 3 type · 4 seq · 5 until ms · 6 frame · 7 stream maxlen · 8 now ms
 * Returns the input that is there, null when the time is up, or 'asked' while it is waited for.
 */
export const ASK = `#!lua
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[2] then return {'lost'} end
local input = redis.call('HGET', KEYS[1], 'input:' .. ARGV[3])
if input then return {'given', input} end
local state = redis.call('HMGET', KEYS[1], 'ask', 'ask_until', 'seq')
if state[1] == ARGV[4] then
  if tonumber(state[2]) > tonumber(ARGV[8]) then return {'asked'} end
  redis.call('HDEL', KEYS[1], 'ask', 'ask_type', 'ask_until')
  redis.call('HSET', KEYS[1], 'input:' .. ARGV[3], 'null')
  return {'given', 'null'}
end
if tonumber(state[3] or '-1') >= tonumber(ARGV[4]) then return {'given', 'null'} end
redis.call('HSET', KEYS[1], 'ask', ARGV[4], 'ask_type', ARGV[3], 'ask_until', ARGV[5], 'seq', ARGV[4])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[7], '*', ARGV[1], ARGV[6])
return {'asked'}
`;

/**
 * The first input of a type stands. What is given before it is asked for waits for the question; a cancel declines
 * the question that is open.
 *
 * KEYS 1 state · ARGV 1 type · 2 input as JSON · 3 end seq
 * Returns 0 when the job is over.
 */
export const INPUT = `#!lua
local state = redis.call('HMGET', KEYS[1], 'seq', 'ask_type', 'sealed')
if not state[1] or state[3] or tonumber(state[1]) % ${chatEpochSize} >= tonumber(ARGV[3]) then return 0 end
local of = ARGV[1] == 'cancel' and state[2] or ARGV[1]
if of and of ~= 'cancel' then
  redis.call('HSETNX', KEYS[1], 'input:' .. of, ARGV[2])
  if of == state[2] then redis.call('HDEL', KEYS[1], 'ask', 'ask_type', 'ask_until') end
end
return 1
`;

/** KEYS 1 state · ARGV 1 run */
export const RELEASE = `#!lua
if redis.call('HGET', KEYS[1], 'run') == ARGV[1] then redis.call('HDEL', KEYS[1], 'run', 'until') end
`;

/** KEYS 1 state · 2 replay · 3 text: in one step, so that the text is that of the seq. */
export const READ = `#!lua
return {redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]), redis.call('GET', KEYS[3]) or ''}
`;
