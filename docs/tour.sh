#!/bin/sh
# What `make run` shows: one call recorded to a USB stick, the same call on a record server, a call over SIP, and files that play.
set -eu
cd "$(dirname "$0")/.."
rm -rf run/usb run/server run/caller run/callee run/callee.txt
mkdir -p run/usb run/server

say() { printf '\n\033[1m# %s\033[0m\n' "$1"; }
# A command as one would type it, then what it does.
show() {
    printf '$'
    for word; do case $word in *" "*) printf ' "%s"' "$word" ;; *) printf ' %s' "$word" ;; esac; done
    printf '\n'
    "$@"
}

say "A BX5S in a call: record at 0.5 s, pause at 3 s, resume at 5 s, record again at 10 s. Files of 24 KiB, so that they rotate."
show phone-recorder call --model BX5S --usb run/usb --usb-size 4M --size-limit 24K \
    --near fixtures/speech/near_en.wav --far fixtures/speech/far_en.wav \
    --keys "0.5 record, 3 pause, 5 resume, 10 record"

say "What landed on the stick:"
show phone-recorder inspect run/usb/*.wav

say "The same call, recorded by a record server over TCP and UDP:"
show phone-recorder call --model BX5S --mode server --storage run/server \
    --near fixtures/speech/near_en.wav --far fixtures/speech/far_en.wav \
    --keys "0.5 record, 3 pause, 5 resume, 10 record"

say "A real call over SIP: this phone waits for it, in the background, ..."
mkdir -p run/callee
show phone-recorder call --wait --sip-listen 127.0.0.1:25060 --usb run/callee --near fixtures/speech/far_en.wav >run/callee.txt 2>&1 &
callee=$!
trap 'kill $callee 2>/dev/null || :' EXIT
until grep -q waiting run/callee.txt; do
    kill -0 $callee 2>/dev/null || { cat run/callee.txt; exit 1; }
    sleep 0.1
done
cat run/callee.txt

say "... and that one calls it. Both record both."
mkdir -p run/caller
show phone-recorder call --to sip:1002@127.0.0.1:25060 --usb run/caller --near fixtures/speech/near_en.wav --duration 6
wait $callee

say "A WAV file that any player plays; or: phone-recorder play run/server/Record_*.wav"
for file in run/server/Record_*.wav; do
    show phone-recorder export "$file" -o run/call.wav --force
done

say "The whole phone, with its page in a browser: phone-recorder phone"
