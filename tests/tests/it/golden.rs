//! The golden cases, one test each, played through the program against moto.

use leverage_tests::case::Case;
use leverage_tests::golden::Staged;
use leverage_tests::playing::Program;
use leverage_tests::snapshot;

/// Plays the case whose file is named like this, with dashes.
fn play(name: &str) {
    let case = Case::named(&name.replace('_', "-"));
    let staged = Staged::new(&case);
    staged.play(&Program);
    snapshot!(name, staged.place.transcript());
    staged.check_modes();
    if case.succeeds() {
        staged.check_profiles();
        staged.play_again(&Program);
    }
}

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            play(stringify!($name));
        })*

        #[test]
        fn every_case_file_has_a_test() {
            let files: Vec<String> = Case::all().into_iter().map(|case| case.name.replace('-', "_")).collect();
            assert_eq!([$(stringify!($name)),*].as_slice(), files, "the list in golden.rs");
        }
    };
}

cases!(
    bootstrap_assumable_roles,
    bootstrap_first_run,
    management_full,
    mutually_exclusive,
    no_organization_ids_from_tfvars,
    overwrite_existing,
    skip_assumable_roles,
    account_renamed_in_aws,
    answers_from_the_environment,
    apostrophes_and_missing_emails,
    bad_config,
    bad_hcl,
    bad_short_name,
    bad_yaml,
    bootstrap_first_run_without_accounts,
    bootstrap_of_another_account,
    both_skips_outside_a_project,
    both_skips,
    closed_account,
    contradicting_sources,
    crlf_and_bom,
    csv_bom_crlf_user_name,
    csv_empty,
    csv_further_columns,
    csv_header_alone,
    csv_missing,
    csv_secret_too_long,
    csv_short_line,
    csv_swapped,
    csv_temporary_keys,
    csv_two_users,
    csv_without_header,
    deeper_build_env,
    dry_run,
    existing_keys_kept,
    existing_keys_overwritten,
    existing_keys,
    ids_with_leading_zeros,
    keep_keys_that_do_not_exist,
    keys_alone,
    keys_needed,
    long_name_and_dash,
    management_account_under_another_name,
    management_of_another_account,
    mfa_answered,
    mfa_chosen,
    mfa_device,
    mfa_fido_alone,
    mfa_fido_and_phone,
    mfa_hardware,
    mfa_none,
    mfa_serial_alone,
    mfa_several,
    mfa_wrong_serial,
    missing_accounts_are_added,
    nested_organizational_units,
    no_organization_and_no_ids,
    no_repository,
    only_build_env,
    partition_china,
    partition_europe,
    partition_us_gov,
    region_ap_southeast_4,
    region_unknown,
    security_reads_with_bootstrap,
    security_reads_with_management,
    subfolder_of_the_repository,
    subfolder_without_repository,
    template,
    temporary_keys_replaced,
    tfvars_empty_accounts,
    the_whole_story,
    two_accounts_of_one_name,
    unknown_type,
);
