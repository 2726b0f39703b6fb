//! Each built-in plugin's loadable form gives the same documents as the built-in one, byte for byte, in
//! every golden case.
//!
//! A wrapper plugin passes each request of the host to both forms, compares their responses, and returns them.

use leverage::builtin::{DEFAULT_OUTPUTS, plugins as builtin};
use leverage_loader::{Plugin, Registry, load};
use leverage_plugin_api::abi::abi_stable::library::{__call_root_module_loader, RootModuleResult};
use leverage_plugin_api::abi::abi_stable::prefix_type::PrefixTypeTrait;
use leverage_plugin_api::abi::abi_stable::std_types::{RSlice, RVec};
use leverage_plugin_api::abi::{PluginMod, PluginModRef};
use leverage_plugin_api::sdk::{self, Definition};
use leverage_tests::case::Case;
use leverage_tests::golden::Staged;
use leverage_tests::playing::Library;
use leverage_tests::tools::artifacts;
use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Both forms of a plugin.
struct Forms {
    builtin: Plugin,
    loaded: Plugin,
    /// The number of requests of each contribution.
    requests: Mutex<BTreeMap<String, usize>>,
    differences: Mutex<Vec<String>>,
}

impl Forms {
    fn manifest(&self) -> Vec<u8> {
        serde_json::to_vec(self.builtin.manifest()).expect("a manifest is JSON")
    }

    fn step(&self, contribution: &[u8], document: &[u8]) -> Vec<u8> {
        let contribution = String::from_utf8(contribution.to_vec()).expect("a contribution's name");
        let [builtin, loaded] = [&self.builtin, &self.loaded].map(|form| form.step(&contribution, document));
        if builtin != loaded {
            let [document, builtin, loaded] =
                [document, &builtin, &loaded].map(|text| String::from_utf8_lossy(text).into_owned());
            let difference =
                format!("{contribution} was asked\n{document}\nand gave\n{builtin}\nbuilt in and\n{loaded}\nloaded");
            self.differences.lock().unwrap_or_else(PoisonError::into_inner).push(difference);
        }
        *self.requests.lock().unwrap_or_else(PoisonError::into_inner).entry(contribution).or_default() += 1;
        builtin
    }
}

/// The forms of all built-in plugins, in their order.
fn forms() -> &'static [Forms] {
    static FORMS: OnceLock<Vec<Forms>> = OnceLock::new();
    FORMS.get_or_init(|| builtin().expect("the built-in plugins").into_iter().map(with_loaded).collect())
}

fn with_loaded(builtin: Plugin) -> Forms {
    let file = format!("libleverage_plugin_{}.so", builtin.manifest().id.replace('-', "_"));
    let path = artifacts().join("examples").join(file);
    assert!(path.exists(), "{} is missing: `cargo test --workspace` builds it", path.display());
    let loaded = load(&path, &builtin.manifest().id).unwrap_or_else(|error| panic!("{error}"));
    Forms { builtin, loaded, requests: Mutex::default(), differences: Mutex::default() }
}

/// The wrapper plugin for the forms with this index.
fn between<const AT: usize>() -> Plugin {
    extern "C" fn manifest<const AT: usize>() -> RVec<u8> {
        RVec::from(forms()[AT].manifest())
    }
    extern "C" fn step<const AT: usize>(contribution: RSlice<'_, u8>, document: RSlice<'_, u8>) -> RVec<u8> {
        RVec::from(forms()[AT].step(contribution.as_slice(), document.as_slice()))
    }
    fn module<const AT: usize>() -> PluginModRef {
        PluginMod { manifest: manifest::<AT>, step: step::<AT> }.leak_into_prefix()
    }
    extern "C" fn constructor<const AT: usize>() -> RootModuleResult {
        __call_root_module_loader(module::<AT>)
    }
    // The host reads the manifest through the module; this names the plugin in errors.
    static DEFINITION: Definition =
        Definition { id: "between", version: "1.0.0", description: "", types: &[], outputs: &[], lookups: &[] };
    Plugin::built_in(&sdk::Plugin::new(&DEFINITION, constructor::<AT>)).expect("a plugin")
}

/// A registry that writes these outputs.
fn registry(outputs: &[&str]) -> Registry {
    let plugins = vec![
        between::<0>(),
        between::<1>(),
        between::<2>(),
        between::<3>(),
        between::<4>(),
        between::<5>(),
        between::<6>(),
        between::<7>(),
        between::<8>(),
        between::<9>(),
    ];
    assert_eq!(plugins.len(), forms().len(), "one stands before each built-in plugin");
    Registry::new(plugins).and_then(|registry| registry.select_outputs(outputs)).expect("a registry")
}

#[test]
fn loaded_form_has_the_same_manifest() {
    for Forms { builtin, loaded, .. } in forms() {
        let [builtin, loaded] =
            [builtin, loaded].map(|form| serde_json::to_string(form.manifest()).expect("a manifest is JSON"));
        assert_eq!(builtin, loaded);
    }
}

#[test]
fn loaded_form_gives_the_same_documents_in_every_golden_case() {
    let library = Library(registry(&DEFAULT_OUTPUTS));
    let every: Vec<String> = library.0.outputs().map(|info| info.name.clone()).collect();
    let others: Vec<&str> = every.iter().map(String::as_str).filter(|name| !DEFAULT_OUTPUTS.contains(name)).collect();
    let others = Library(registry(&others));
    for case in Case::all() {
        Staged::new(&case).play(&library);
        // Only the equality of both forms is compared, not the written files.
        Staged::new(&case).run_only(&others);
    }
    for forms in forms() {
        let differences = forms.differences.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(differences.is_empty(), "{}", differences.join("\n\n"));
        let manifest = forms.builtin.manifest();
        let types = manifest.types.iter().map(|info| format!("type/{}", info.name));
        let outputs = manifest.outputs.iter().map(|info| format!("output/{}", info.name));
        let requests = forms.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for contribution in types.chain(outputs) {
            let count = requests.get(&contribution).copied().unwrap_or_default();
            assert!(count >= 10, "the golden cases ask {contribution} only {count} times");
        }
    }
}

#[test]
fn loaded_form_refuses_the_same_documents() {
    for forms in forms() {
        for (contribution, document) in [("type/NONE", "{}"), ("output/none", "{}"), ("", "{}"), ("type/X", "no JSON")]
        {
            forms.step(contribution.as_bytes(), document.as_bytes());
        }
        assert_eq!(*forms.differences.lock().unwrap_or_else(PoisonError::into_inner), Vec::<String>::new());
    }
}
