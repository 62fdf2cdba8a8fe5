#!/bin/sh
# Starts a node of Redis as what it is to be: the primary that the Sentinels know, or a replica of it. A node that was
# primary and comes back is a replica from its first moment, and takes no write that would be lost.
# NODE: this node's name · FIRST: the primary of a cluster that starts for the first time · SENTINEL: any Sentinel
set -eu
ask() {
  timeout 5 redis-cli --tls --cacert /tls/ca.crt --no-auth-warning -a "$REDIS_PASSWORD" -h "$SENTINEL" -p 26379 \
    --raw sentinel get-master-addr-by-name eco2 2>/dev/null | head -n 1
}
# Where no Sentinel answers, all have stopped: what this node's own knew last.
primary=$(ask || true)
[ -n "$primary" ] || primary=$(sed -n 's/^sentinel monitor eco2 \([^ ]*\) .*/\1/p' "$DATA/sentinel.conf" 2>/dev/null || true)
[ -n "$primary" ] || primary=$FIRST
umask 077
{
  cat "$(dirname "$0")/redis.conf"
  echo "dir $DATA"
  echo "requirepass \"$REDIS_PASSWORD\""
  echo "masterauth \"$REDIS_PASSWORD\""
  echo "replica-announce-ip $NODE"
  [ "$primary" = "$NODE" ] || echo "replicaof $primary 6379"
} > "$DATA/redis.conf"
exec redis-server "$DATA/redis.conf" "$@"
