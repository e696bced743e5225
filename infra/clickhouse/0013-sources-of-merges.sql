-- Parts that were merged stay for a minute. The result of a merge is not certain before: chDB takes a failed write for
-- one that was made, and a process that notices ends; what it had merged is then read from its sources again.
-- chDB gives them no time unless told otherwise, a server eight minutes.
ALTER TABLE dead_letters MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE datasets MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE dataset_pairs MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE dataset_drops MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE held_back_ranks MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE shown_replies MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE reply_flags MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE reaction_posteriors MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE annotator_habits MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE reply_rewards MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE outlier_marks MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE dataset_singles MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE dataset_groups MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE dataset_prompts MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE runs MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE run_probes MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE run_samples MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE judge_runs MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE judge_verdicts MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE effect_reports MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE effect_rows MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE erased_rows MODIFY SETTING old_parts_lifetime = 60;
ALTER TABLE schema_migrations MODIFY SETTING old_parts_lifetime = 60;
