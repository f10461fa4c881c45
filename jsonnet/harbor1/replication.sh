
# disabled stops a policy, as Harbor wants it before anything of it changes.
disabled() {
	ask PUT "/api/policies/replication/$1/enablement" '{"enabled": 0}'
	must "policy $1 cannot be stopped" 200
}

targets() { list targets '/api/targets?name=hagen-'; }

# policies prints those of a target, one on a line.
policies() {
	list policies "/api/targets/$1/policies/"
	objects
}

# pinged tells whether a site answers and takes the user; a second 401 is the site's.
pinged() {
	: >"$work/answer"
	once POST "/api/targets/$1/ping"
	[ "$code" = 200 ]
}

# corrected writes address and user of a target anew.
corrected() {
	policies "$id" >"$work/there"
	for number in $(value id <"$work/there"); do disabled "$number"; done
	ask PUT "/api/targets/$id" "$(secret "$(cat "$bodies/target-$1.json")" "$1")"
	must "the target hagen-$1 cannot be changed" 200
}

# target tells Harbor of a site, and waits until that answers. $id is its number.
target() {
	anew=true
	while :; do
		targets
		known=$(named "hagen-$1")
		id=$(printf '%s' "$known" | value id)
		if [ -z "$id" ]; then
			ask POST /api/targets "$(secret "$(cat "$bodies/target-$1.json")" "$1")"
			must "the target hagen-$1 is refused; another one may have its address" 201 409
			continue
		fi
		same=true
		for field in endpoint username; do
			wish=$(sed -n "s/.*\"$field\": *\\(\"[^\"]*\"\\).*/\\1/p" "$bodies/target-$1.json")
			case $known in *"\"$field\":$wish"*) ;; *) same=false ;; esac
		done
		if [ "$same" = true ] && pinged "$id"; then return 0; fi
		# once, for the password may be another one; then it is the site
		if [ "$same" = false ] || { [ "$code" = 401 ] && [ "$anew" = true ]; }; then
			[ "$same" = false ] || anew=false
			corrected "$1"
			continue
		fi
		unreached "$1"
	done
}

# project finds the number of a project, which it makes if there is none.
project() {
	page=1
	while :; do
		list projects "/api/projects?name=$1&project_name=$1&page=$page&page_size=100"
		projectID=$(named "$1" | value project_id)
		[ -z "$projectID" ] || return 0
		if objects | grep -q '"project_id"' && [ "$page" -lt 100 ]; then
			page=$((page + 1))
			continue
		fi
		ask POST /api/projects "{\"project_name\": \"$1\", \"public\": 0}"
		must "the project $1 cannot be made" 201 409
		page=1
	done
}

# policy has the images of a project copied: SITE PROJECT. Harbor begins with those
# that are there already when it is enabled.
policy() {
	project "$2"
	list policies "/api/policies/replication?project_id=$projectID"
	number=$(objects | grep "\"target_id\":${id}[,}]" | value id)
	if [ -n "$number" ]; then
		ask PUT "/api/policies/replication/$number/enablement" '{"enabled": 1}'
		must "policy $number cannot be enabled" 200
	else
		ask POST /api/policies/replication "{\"name\": \"hagen-to-$1-$2\", \"project_id\": $projectID, \"target_id\": $id, \"enabled\": 1}"
		must "the policy hagen-to-$1-$2 is refused" 201 409
	fi
	echo "$me: images of $2 are copied to $1"
}

# deleted removes a policy, which may have jobs that are still ending: NUMBER NAME
deleted() {
	disabled "$1"
	while :; do
		ask DELETE "/api/policies/replication/$1"
		case $code in
		412) waited || fail "the policy $2 cannot be removed: copies are under way" "$(said)" 'run this again later' ;;
		*) break ;;
		esac
	done
	must "the policy $2 cannot be removed" 200 404
	echo "$me: $2 is removed"
}

# removed takes away the policies of a target whose projects are not copied any more:
# TARGET SITE [PROJECT...]
removed() {
	policies "$1" >"$work/there"
	prefix=hagen-to-$2-
	shift 2
	# shellcheck disable=SC2013
	for name in $(sed -n "s/.*\"name\":\"$prefix\\([a-z0-9._-]*\\)\".*/\\1/p" "$work/there"); do
		case " $* " in *" $name "*) continue ;; esac
		deleted "$(grep -F "\"name\":\"$prefix$name\"" "$work/there" | value id)" "$prefix$name"
	done
}

for site in $REPLICATION_SITES; do
	target "$site"
	# shellcheck disable=SC2086
	removed "$id" "$site" $REPLICATION_PROJECTS
	for name in $REPLICATION_PROJECTS; do policy "$site" "$name"; done
done
targets
objects >"$work/targets"
# shellcheck disable=SC2013
for site in $(sed -n 's/.*"name":"hagen-\([a-z0-9-]*\)".*/\1/p' "$work/targets"); do
	wanted "$site" || {
		id=$(grep -F "\"name\":\"hagen-$site\"" "$work/targets" | value id)
		removed "$id" "$site"
		ask DELETE "/api/targets/$id"
		must "the target hagen-$site cannot be removed; a policy of yours may use it" 200 404
		echo "$me: the target hagen-$site is removed"
	}
done
