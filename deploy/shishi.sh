#!/bin/sh
# `shishi` as the service has it: its user, its folder, and the settings that lie there as .env. For root.
# Name files from the root on: /root is not where this works.
cd /var/lib/shishi
exec runuser -u shishi -- /opt/shishi/bin/shishi "$@"
