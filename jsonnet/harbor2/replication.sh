
registries() { list registries '/api/v2.0/registries?page_size=100&q=name%3D~hagen-'; }
policies() { list policies '/api/v2.0/replication/policies?page_size=100&q=name%3D~hagen-to-'; }

# endpoint tells Harbor of a site; it asks there at once. $id is its number.
endpoint() {
	while :; do
		registries
		id=$(named "hagen-$1" | value id)
		if [ -n "$id" ]; then
			ask PUT "/api/v2.0/registries/$id" "$(secret "$(cat "$bodies/update-$1.json")" "$1")"
			[ "$code" != 200 ] || return 0
		else
			ask POST /api/v2.0/registries "$(secret "$(cat "$bodies/registry-$1.json")" "$1")"
			# made, or made by another node in between: its number comes with the list
			case $code in 201 | 409) continue ;; esac
		fi
		unreached "$1"
	done
}

# policy says what is copied there, and copies at first what is there already.
policy() {
	sent=$(with "$(cat "$bodies/policy-$1.json")" '"<id>"' "$id")
	policies
	number=$(named "hagen-to-$1" | value id)
	if [ -n "$number" ]; then
		ask PUT "/api/v2.0/replication/policies/$number" "$sent"
		must "the policy hagen-to-$1 is refused" 200
		echo "$me: images are copied to $1 as the policy hagen-to-$1 says"
		return 0
	fi
	ask POST /api/v2.0/replication/policies "$sent"
	must "the policy hagen-to-$1 is refused" 201 409
	[ "$code" = 201 ] || return 0
	policies
	number=$(named "hagen-to-$1" | value id)
	ask POST /api/v2.0/replication/executions "{\"policy_id\": $number}"
	must "what is there already is not copied to $1" 201
	echo "$me: images are copied to $1 as the new policy hagen-to-$1 says, those that are there already too"
}

# removed takes away what was made for sites that are none any more, of the list that
# was asked for last: PATH NAME
removed() {
	objects >"$work/there"
	# shellcheck disable=SC2013
	for name in $(sed -n "s/.*\"name\":\"$2\\([a-z0-9-]*\\)\".*/\\1/p" "$work/there"); do
		wanted "$name" || {
			number=$(grep -F "\"name\":\"$2$name\"" "$work/there" | value id)
			ask DELETE "$1/$number"
			must "$2$name cannot be removed; a copy may be under way" 200 404
			echo "$me: $2$name is removed"
		}
	done
}

for site in $REPLICATION_SITES; do
	endpoint "$site"
	policy "$site"
done
policies
removed /api/v2.0/replication/policies hagen-to-
registries
removed /api/v2.0/registries hagen-
