#!/bin/sh
# Checks that what Keyhole needs from the machine is there and new enough, and names all that is not in one message.
# Usage: requirements.sh [node] [java] [maven]. Uses nothing but the shell, so that it can speak where Node is missing.

missing=''
hint=''

need() { # name, least version, how to look, hint
  if [ -z "$3" ]; then
    found='not found'
  else
    major=${3%%.*}
    minor=${3#*.}
    minor=${minor%%.*}
    [ "$minor" = "$3" ] && minor=0
    least_major=${2%%.*}
    least_minor=${2#*.}
    [ "$least_minor" = "$2" ] && least_minor=0
    if [ "$major" -gt "$least_major" ] || { [ "$major" -eq "$least_major" ] && [ "$minor" -ge "$least_minor" ]; }; then
      return
    fi
    found="found $3"
  fi
  missing="$missing
  $1 $2 or newer ($found)"
  hint="$hint
    $4"
}

# The first run of digits and dots in a text, such as 17.0.15 in `openjdk version "17.0.15" 2025-04-15`.
version_in() {
  text=$1
  while [ -n "$text" ]; do
    case $text in
      [0-9]*.[0-9]*)
        echo "${text%%[!0-9.]*}"
        return
        ;;
      [0-9]*)
        digits=${text%%[!0-9]*}
        case ${text#"$digits"} in '"'*) echo "$digits" && return ;; esac
        text=${text#"$digits"}
        ;;
      *) text=${text#?} ;;
    esac
  done
}

node_version() {
  command -v node >/dev/null 2>&1 && version_in "$(node --version 2>/dev/null)"
}

java_version() {
  java=java
  [ -n "$JAVA_HOME" ] && [ -x "$JAVA_HOME/bin/java" ] && java=$JAVA_HOME/bin/java
  command -v "$java" >/dev/null 2>&1 || return
  text=$("$java" -version 2>&1) || return
  case $text in
    *'version "'*)
      text=${text#*version }
      text=$(version_in "$text")
      # Before 9, Java called itself 1.8.
      case $text in 1.*) text=${text#1.} ;; esac
      echo "$text"
      ;;
  esac
}

maven_version() {
  command -v mvn >/dev/null 2>&1 || return
  text=$(mvn --version 2>/dev/null) || return
  case $text in *'Apache Maven '*) version_in "${text#*Apache Maven }" ;; esac
}

for name in "$@"; do
  case $name in
    node) need 'Node.js' 20 "$(node_version)" 'Node.js: https://nodejs.org (20 LTS or later)' ;;
    java) need 'Java' 17 "$(java_version)" 'Java: Debian or Ubuntu `apt install openjdk-17-jre-headless`, macOS `brew install openjdk@17`, else https://adoptium.net' ;;
    maven) need 'Maven' 3.6 "$(maven_version)" 'Maven: Debian or Ubuntu `apt install maven`, macOS `brew install maven`, else https://maven.apache.org/download.html' ;;
    *)
      echo "requirements.sh: unknown requirement $name" >&2
      exit 2
      ;;
  esac
done

[ -z "$missing" ] && exit 0
echo "Keyhole needs$missing
How to get what is missing:$hint
Java and Maven are for Kafka and the schema registry alone: \`keyhole replay\` needs neither."
exit 1
