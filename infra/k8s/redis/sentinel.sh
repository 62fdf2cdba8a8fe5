#!/bin/sh
# Starts a Sentinel. It has written down which node is primary, who the others are and who it is itself: that is kept,
# and the rest of its file is made anew.
set -eu
known=$(grep -E '^sentinel (myid|monitor|config-epoch|leader-epoch|current-epoch|known-)' "$DATA/sentinel.conf" 2>/dev/null || true)
[ -n "$known" ] || known="sentinel monitor eco2 $FIRST 6379 $QUORUM"
umask 077
{
  cat "$(dirname "$0")/sentinel.conf"
  echo "dir $DATA"
  echo "requirepass \"$REDIS_PASSWORD\""
  echo "sentinel sentinel-pass \"$REDIS_PASSWORD\""
  echo "sentinel announce-ip $NODE"
  echo "$known"
  echo "sentinel auth-pass eco2 \"$REDIS_PASSWORD\""
  echo "sentinel down-after-milliseconds eco2 2000"
  echo "sentinel failover-timeout eco2 10000"
} > "$DATA/sentinel.conf.new"
mv "$DATA/sentinel.conf.new" "$DATA/sentinel.conf"
exec redis-server "$DATA/sentinel.conf" --sentinel "$@"
