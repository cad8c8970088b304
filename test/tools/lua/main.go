// Runs Lua scripts over Kubernetes objects under Argo CD's rules for scripts of its ConfigMap argocd-cm: gopher-lua
// with only the basic and the table functions, os.time and os.date behind require("os"), the object in the global
// "obj", and a limit of one second.
// Reads a JSON array of tasks:
//
//	{"object": {...}, "health": "<health.lua>"}        gives {"status": "Healthy", "message": "..."}
//	{"object": {...}, "discovery": "<discovery.lua>"}  gives {"pause": {"disabled": false}, ...}
//	{"object": {...}, "action": "<action.lua>"}        gives the object as the action leaves it
//
// and prints a JSON array of results. Argo CD's own code would take minutes to build.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	lua "github.com/yuin/gopher-lua"
	luajson "layeh.com/gopher-json"
)

type task struct {
	Object    map[string]any `json:"object"`
	Health    string         `json:"health"`
	Discovery string         `json:"discovery"`
	Action    string         `json:"action"`
}

type health struct {
	Status  string `json:"status"`
	Message string `json:"message,omitempty"`
}

var healthStatuses = map[string]bool{
	"Healthy": true, "Progressing": true, "Degraded": true, "Suspended": true, "Missing": true, "Unknown": true,
}

func main() {
	if err := perform(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func perform(in io.Reader, out io.Writer) error {
	var tasks []task
	if err := json.NewDecoder(in).Decode(&tasks); err != nil {
		return fmt.Errorf("stdin is not a JSON array of tasks: %w", err)
	}
	results := make([]any, 0, len(tasks))
	for index, each := range tasks {
		result, err := run(each)
		if err != nil {
			return fmt.Errorf("task %d: %w", index, err)
		}
		results = append(results, result)
	}
	return json.NewEncoder(out).Encode(results)
}

func run(each task) (any, error) {
	switch {
	case each.Health != "":
		return judge(each.Object, each.Health)
	case each.Discovery != "":
		return execute(each.Object, each.Discovery)
	case each.Action != "":
		return execute(each.Object, each.Action)
	}
	return nil, errors.New("no script")
}

// Argo CD runs no script for an object that is being deleted.
func judge(object map[string]any, script string) (health, error) {
	if metadata, ok := object["metadata"].(map[string]any); ok && metadata["deletionTimestamp"] != nil {
		return health{Status: "Progressing", Message: "Pending deletion"}, nil
	}
	var verdict health
	returned, err := execute(object, script)
	if err != nil {
		return verdict, err
	}
	if err := json.Unmarshal(returned, &verdict); err != nil {
		return verdict, err
	}
	if !healthStatuses[verdict.Status] {
		return health{Status: "Unknown", Message: "Lua returned an invalid health status"}, nil
	}
	return verdict, nil
}

// Returns the result of the script, which must be a table, as JSON.
func execute(object map[string]any, script string) (json.RawMessage, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	libraries := []struct {
		name string
		open lua.LGFunction
	}{{lua.LoadLibName, lua.OpenPackage}, {lua.BaseLibName, lua.OpenBase}, {lua.TabLibName, lua.OpenTable}}
	for _, library := range libraries {
		call := lua.P{Fn: state.NewFunction(library.open), Protect: true}
		if err := state.CallByParam(call, lua.LString(library.name)); err != nil {
			return nil, err
		}
	}
	clock := openClock(state)
	state.PreloadModule(lua.OsLibName, func(state *lua.LState) int {
		state.Push(clock)
		return 1
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	state.SetContext(ctx)
	state.SetGlobal("obj", luajson.DecodeValue(state, object))
	if err := state.DoString(script); err != nil {
		return nil, err
	}
	returned := state.Get(-1)
	if returned.Type() != lua.LTTable {
		return nil, fmt.Errorf("the script returned %s, not a table", returned.Type())
	}
	return luajson.Encode(returned)
}

// The harmless functions of the os library, available only through require.
func openClock(state *lua.LState) *lua.LTable {
	state.Push(state.NewFunction(lua.OpenOs))
	state.Call(0, 1)
	all := state.CheckTable(-1)
	clock := state.NewTable()
	for _, name := range []string{"time", "date"} {
		clock.RawSetString(name, all.RawGetString(name))
	}
	state.SetTop(0)
	state.SetGlobal(lua.OsLibName, lua.LNil)
	state.SetField(state.GetField(state.Get(lua.RegistryIndex), "_LOADED"), lua.OsLibName, lua.LNil)
	return clock
}
